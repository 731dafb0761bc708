"""The parts of a card that hold for every release: uses, hazards, limitations, how to read and how to load."""

from __future__ import annotations

__all__ = ["AFTER_LOADING", "HAZARDS", "LIMITATIONS", "OUT_OF_SCOPE", "RULE_FOR_PEOPLE", "USES", "WARNING"]

WARNING = """\
> **Content warning.** The columns `misaligned` and `rejected`, and the middle part of the prompts in `sft`, hold
> responses that were made to be wrong: stereotypes, discrimination, unsafe or misleading advice, rudeness. They are
> there so that a model can learn to notice and to mend them. They are nobody's opinion. Do not show them to people
> without saying what they are."""

NO_MISALIGNED = """\
> **Content note.** This release has no misaligned responses. Its questions were made to touch on fairness, safety and
> other values, and some are uncomfortable to read."""

USES = """\
- Train a *mitigator*: a model that reads a question with a faulty response and writes a better one (`sft`).
- Preference tuning (`preference`), and training or testing a detector of faulty responses (`triples`).
- Test such models on rows that only people wrote (`evaluation`).
- Study how examples written by a group of people shape synthetic data: every synthetic row names its seeds."""

OUT_OF_SCOPE = """\
- As a source of facts or advice. Nobody checked the responses, aligned ones included, for being true.
- As evidence of what people at large think or ask. A small group wrote the seeds; a model wrote the rest.
- Training a model to produce the misaligned responses.
- Training on `evaluation`, or reporting a score on it for a model that has seen it.
- Finding out who took part, or describing any person or group by what stands here."""

HAZARDS = """\
- **Swapped columns.** A loader that confuses `chosen` with `rejected` trains the fault in. Check a few rows by eye.
- **One side only.** Fine-tuning on the misaligned side alone makes a harmful model; the critiques would help a
  person who wants one. Access to copies on a hub should stay gated.
- **Over-correction.** Where every pair has a fault, a mitigator learns to change every response. Mix in responses
  with nothing to mend, and measure how often it changes them.
- **Labels that were requests.** Columns that end in `_requested` say what a model was asked for. It may have
  done something else; do not report them as what the rows are about.
- **Given words.** Where `lead_in` or `scaffold` is filled, those words came from the study's taxonomy or templates:
  a share of question forms computed over them measures the template."""

LIMITATIONS = """\
- **Who took part.** A workshop reaches those who can be invited and have the time; for special fields that is a
  small circle. The tables above show the circle, as far as privacy lets them.
- **Whose values.** What counts as aligned here is what these people held to be so. Where a model is to serve others,
  compare them with the tables above first; a mismatch goes into every row.
- **Repeatability.** The runs can be repeated from their records. The workshop cannot: another day, another group or
  another order of tasks would give other seeds.
- **Facilitation.** What a moderator explains, and how neutrally, shows in the texts. The release holds no measure of
  it.
- **Disagreement.** A pair records one reading of a value. Where members of a group differed, the text is what they
  settled on, and the difference is not in it.
- **Subjective quality.** Each gate stands for quality by something that can be computed. What passes is not thereby
  good, and what fails not thereby bad; thresholds were chosen, not found.
- **Near copies.** Between the pools only exact overlap was tested (after lower-casing, letters and digits only).
  There is no split into training, validation and test yet: rows from the same seeds belong in the same part, so
  split by `lineage`, not at random."""

RULE_FOR_PEOPLE = """\
No count of people below {k} is shown, and none can be had by subtraction: values that fewer than {k} people share
stand together under *others*; where those are fewer than {k} too, the smallest count still shown joins them. One
attribute at a time; two together only where every cell holds at least {k}. Pseudonyms, names and contacts
are not part of the release."""

AFTER_LOADING = """\
The columns beside a trainer's own (`id`, `lineage`, …) tell where a row comes from; drop them before training:
`data.select_columns(["prompt", "completion"])` for `sft`, `["prompt", "chosen", "rejected"]` for `preference`.
Both are TRL's *standard* format: plain text, in which a completion begins with a space.

Without any library: each `.jsonl` file has one JSON object a line, in UTF-8."""
