"""The parts of a card that hold for every release: uses, hazards, limitations, how to read and how to load."""

from __future__ import annotations

__all__ = [
    "AFTER_LOADING",
    "FACTS",
    "HAZARDS",
    "LIMITATIONS",
    "NO_MISALIGNED",
    "OTHER_FILES",
    "OUT_OF_SCOPE",
    "POWER",
    "RULE_FOR_PEOPLE",
    "SCOPE",
    "SPLITS",
    "USES",
    "WARNING",
]

WARNING = """\
> **Content warning.** The columns `misaligned` and `rejected`, `answer` in `aligner`, the middle part of the prompts in
> `sft`, and the rows of `kto` and `inspector` that are labelled so hold responses that were made to be wrong:
> stereotypes, discrimination, unsafe or misleading advice, rudeness. They are there so that a model can learn to notice
> and to mend them. They are nobody's opinion. Do not show them to people without saying what they are."""

NO_MISALIGNED = """\
> **Content note.** This release has no misaligned responses. Its questions were made to touch on fairness, safety and
> other values, and some are uncomfortable to read."""

FACTS = """\
Every number below is one of `facts.json`, which says of each the file or table that it was read from, and how."""

SPLITS = """\
The evaluation pool has the one split `test`, and stands apart: no row of the alignment pool grew from one of its seeds,
and none is like one of its rows by the rules of `leaks.md`. The alignment pool is parted into `train`, `validation` and
`test` where it has rows enough: what is alike in words or meaning stays in one split, whole. Those splits share seeds,
since every seed serves many prompts: a score on them tells of more of the same, not of other people's examples."""

OTHER_FILES = """\
- `facts.json`: every number of the documents, with where it comes from.
- `datasheet.md`: the questions of *Datasheets for Datasets* (Gebru et al. 2021), answered from the record.
- `croissant.json`: the dataset for programs, in Croissant 1.1 with its vocabulary for responsible AI.
- `prov.jsonld`: what was made by what, of what and by whom, in the W3C's PROV-O.
- `script.md`: what people were told, asked and given in the workshop, and what moderators were to say; where there was
  one.
- `taxonomy.json`: the labels that rows name by id, with definitions. `decisions.jsonl`: what curation decided, and why.
- `leaks.md`, `leaks.json`: what was looked for between pools and between splits, and what was found.
- `manifest.json`: versions, runs, counts and files. `SHA256SUMS`: a checksum of each file."""

USES = """\
- Train a *mitigator*: a model that reads a question with a faulty response and writes a better one (`sft`, or
  `aligner`, with rows of `identity` mixed in).
- Preference tuning (`dpo`, `kto`), and training or testing a detector of faulty responses (`inspector`).
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
- **Over-correction.** Where every pair has a fault, a mitigator learns to change every response. Mix in rows
  of `identity`, and measure how often it changes responses that were fine.
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

POWER = """\
Rank weighs on what is said beside it: the texts of such groups may agree more than their people do."""

SCOPE = """\
Suresh et al. (2024) ask in which layer people take part: the *foundation* is the model that everything stands on, the
*subfloor* what a field or region shares, the *surface* one use. A workshop that writes seeds takes part in the data of
a use, and says by itself nothing of the layers below. The study notes of each:"""

AFTER_LOADING = """\
The columns beside a trainer's own (`id`, `lineage`, …) tell where a row comes from; drop them before training:
`data.select_columns(["prompt", "completion"])` for `sft` and `identity`, `["prompt", "chosen", "rejected"]` for `dpo`,
`["prompt", "completion", "label"]` for `kto`. They are TRL's *standard* format: plain text, in which a completion
begins with a space. `inspector` is for any classifier: the pair (`prompt`, `response`) and `label`, or `soft_label`
where people voted. `aligner/` and `identity/` have, beside the other files, the JSON list that the Aligner's own
program reads.

Without any library: each `.jsonl` file has one JSON object a line, in UTF-8."""
