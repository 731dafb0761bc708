"""Training a study's inspector: one act, from its pairs to models/inspector.json."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from seedbed.errors import InputError
from seedbed.judges.bar import earned
from seedbed.judges.crossval import DIGITS, cross_fit, fit_pairs, length_only, out_of_fold, shuffled
from seedbed.judges.features import FEATURES, PENALTY, lengths, sides
from seedbed.judges.figures import auroc, figures, gain_in_kappa, length_figures
from seedbed.judges.folds import clusters
from seedbed.judges.inspector import Document, Inspector, Model
from seedbed.judges.logistic import Matrix
from seedbed.judges.pairs import Changes, Pair, fingerprint, training_pairs
from seedbed.judges.report import InspectorReport, Shuffled, ValueReport
from seedbed.judges.store import save
from seedbed.measures.bootstrap import DRAWS
from seedbed.measures.definition import NotApplicable
from seedbed.measures.embed import Embedder, TextEmbedder
from seedbed.records import Triple
from seedbed.study import Folder

__all__ = ["changes", "train"]

Listen = Callable[[str, int, int], None]
LEAST_CLUSTERS = 10  # a fold each: with fewer, neither the line nor its calibration means anything
OWN_PAIRS = 50  # fewer teach a line of 384 weights less than the pairs of all values do
LEAST_TESTED = 5
SHUFFLES = 200


def train(
    folder: Folder,
    triples: Iterable[Triple],
    *,
    included: Collection[str],
    embedder: TextEmbedder | None = None,
    draws: int = DRAWS,
    listen: Listen = lambda what, done, total: None,
) -> InspectorReport:
    """Train the inspector on the pairs that may train, test it by cross-validation, and write models/inspector.json.

    `triples` come as curation labels them, with their pools; `included` are the ids that curation includes. `draws` is
    the number of bootstrap resamples. The same pairs give the same file. Raises InputError where there are too few
    pairs, MissingExtra where the embedder is not installed, NotAStudy.
    """
    folder.check()
    pairs, left_out = training_pairs(triples, included)
    groups = clusters(pairs, listen)
    if len(set(groups)) < LEAST_CLUSTERS:
        why = "".join(f"; {count} {reason}" for reason, count in left_out.items())
        raise InputError(
            f"An inspector needs at least {LEAST_CLUSTERS} pairs that are not alike, and {len(set(groups))} may "
            f"train it{why}",
            hint=f"Import pairs and curate them: seedbed curate {folder.root}",
        )
    embedder = embedder or Embedder()
    vectors, sizes = sides(embedder, pairs, listen), lengths(pairs)
    bench = _Bench(pairs, groups, vectors, sizes, draws, listen)
    values: list[str | None] = [None, *sorted({value for pair in pairs for value in pair.values})]
    reports = []
    for done, value in enumerate(values):
        listen("measuring", done, len(values))
        reports.append(bench.report(value))
    report = InspectorReport(
        embedder.name, FEATURES, PENALTY, len(pairs), len(set(groups)), left_out, _judging(reports), bench.null()
    )
    document = Document(
        embedder=embedder.name,
        dim=embedder.dim,
        fingerprint=embedder.fingerprint,
        models=tuple(bench.models.values()),
        pairs=tuple(pair.id for pair in pairs),
        trained_on=fingerprint(pairs, folder.key),
        report=report,
    )
    save(document, folder)
    return report


def changes(
    inspector: Inspector, folder: Folder, triples: Iterable[Triple], *, included: Collection[str]
) -> Changes | None:
    """How the pairs that may train differ from those that `inspector` was trained on; None where they do not."""
    pairs, _ = training_pairs(triples, included)
    if fingerprint(pairs, folder.key) == inspector.document.trained_on:
        return None
    now, then = {pair.id for pair in pairs}, set(inspector.document.pairs)
    return Changes(tuple(sorted(now - then)), tuple(sorted(then - now)), now == then)


class _Bench:
    """The pairs of one training with their features, and what is computed once for all values."""

    def __init__(
        self, pairs: Sequence[Pair], groups: Sequence[str], vectors: Matrix, sizes: Matrix, draws: int, listen: Listen
    ) -> None:
        self._pairs, self._groups, self._vectors, self._sizes = pairs, groups, vectors, sizes
        self._draws, self._listen = draws, listen
        self.models: dict[str | None, Model] = {}
        self._shared = self._rows(None, list(range(len(pairs))))

    def report(self, value: str | None) -> ValueReport:
        """How the inspector does on the pairs of `value`; fits the value's own line where it has pairs enough."""
        at = [index for index, pair in enumerate(self._pairs) if value is None or value in pair.values]
        own = OWN_PAIRS <= len(at) < len(self._pairs) and len({self._groups[i] for i in at}) >= LEAST_CLUSTERS
        rows = self._rows(value, at) if own else self._shared[at]
        tested = [place for place, index in enumerate(at) if self._pairs[index].by_people]
        names = [self._groups[at[place]] for place in tested]
        if len(tested) < LEAST_TESTED:
            too_few = NotApplicable(f"under {LEAST_TESTED} pairs are labelled by people")
            bar = earned(len(tested), None, too_few)
            return ValueReport(
                value, len(at), len(tested), own, {}, {}, too_few, False, bar.reasons, bar.more_pairs, bar.more_would_do
            )
        found = figures(rows[tested], names, self._draws)
        gain = gain_in_kappa(rows[tested], names, self._draws)
        bar = earned(len(tested), found["kappa"], gain)
        return ValueReport(
            value, len(at), len(tested), own, found, length_figures(rows[tested], names, self._draws), gain,
            not bar.reasons, bar.reasons, bar.more_pairs, bar.more_would_do,
        )  # fmt: skip

    def null(self) -> Shuffled:
        """The permutation null over all pairs."""
        raw = out_of_fold(self._vectors, self._groups, PENALTY)
        true = auroc(raw.T.reshape(-1), np.repeat([False, True], len(raw)))
        scores, swapped = shuffled(self._vectors, self._groups, PENALTY, SHUFFLES)
        labels = np.concatenate([swapped, ~swapped])
        flat = np.concatenate([scores[:, 0], scores[:, 1]])
        rest = np.array([auroc(flat[:, column], labels[:, column]) for column in range(SHUFFLES)])
        return Shuffled(
            times=SHUFFLES,
            auroc=round(true, DIGITS),
            mean=round(float(rest.mean()), DIGITS),
            upper=round(float(np.percentile(rest, 97.5)), DIGITS),
            p=round(float((1 + (rest >= true).sum()) / (SHUFFLES + 1)), DIGITS),
        )

    def _rows(self, value: str | None, at: list[int]) -> Matrix:
        """Scores out of fold of the pairs at `at`, by a line of their own, beside the length-only baseline's."""
        vectors, groups = self._vectors[at], [self._groups[index] for index in at]
        self.models[value] = Model.of(value, *fit_pairs(vectors, groups, PENALTY))
        scores = cross_fit(vectors, groups, PENALTY, self._listen)
        return np.column_stack([scores, length_only(self._sizes[at], groups)])


def _judging(reports: Sequence[ValueReport]) -> tuple[ValueReport, ...]:
    """All values together may be judged only where each of them may: the bar is a value's own."""
    whole, *single = reports
    waiting = [found.value for found in single if not found.may_judge and found.value is not None]
    if waiting and whole.may_judge:
        reason = f"it has not earned it for {', '.join(waiting)}"
        whole = replace(whole, may_judge=False, reasons=(reason,))
    return whole, *single
