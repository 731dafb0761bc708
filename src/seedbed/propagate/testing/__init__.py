"""Statistics of propagation: eight tests on arrays, and the findings that they make. No file is read here.

A feature is one flag, label or number a row; a `Sample` holds it for one set, with the clusters (requests) that the
rows come in. Each test answers an `Outcome`: a `Value` with its interval or a `NotApplicable`, a p-value where it has
one, and what was counted. Labels are to be *observed* ones: what a plan asked for matches because it was asked for.

    T1  describe          how far the synthetic rows lie from the seeds
    T2  follow_index      whether they lie nearer than those of a run without the seeds
    T3  swap_slope        whether runs of different seeds go where their own seeds are
    T4  dose_response     whether a run follows one feature as it is turned up
    T5  within_run        whether a row takes after the examples in its own prompt
    T6  pseudo_features   whether a test stays silent where nothing can be; `unmoved`: what nobody moved
    T7  equivalence       preserved, changed, or undecided
    T8  filter_steps      what each filter moved

`holm` and `with_holm` correct for several at once.
"""

from seedbed.propagate.testing.description import describe, distance
from seedbed.propagate.testing.document import Finding, Needed, Number, Outcome, TestId, Verdict, with_holm
from seedbed.propagate.testing.dosing import dose_response
from seedbed.propagate.testing.equivalence import Margins, equivalence
from seedbed.propagate.testing.filtering import filter_steps, moved_by_filter
from seedbed.propagate.testing.following import follow_index
from seedbed.propagate.testing.multiplicity import holm
from seedbed.propagate.testing.negative import pseudo_features, unmoved
from seedbed.propagate.testing.samples import Sample, one_hot
from seedbed.propagate.testing.swapping import swap_slope
from seedbed.propagate.testing.within import within_run

__all__ = [
    "Finding",
    "Margins",
    "Needed",
    "Number",
    "Outcome",
    "Sample",
    "TestId",
    "Verdict",
    "describe",
    "distance",
    "dose_response",
    "equivalence",
    "filter_steps",
    "follow_index",
    "holm",
    "moved_by_filter",
    "one_hot",
    "pseudo_features",
    "swap_slope",
    "unmoved",
    "with_holm",
    "within_run",
]
