"""How far raters agree: raw agreement, Cohen, Fleiss, Krippendorff and Gwet, with intervals and marginals.

    table = Table.of((rating.subject, rating.rater, rating.value) for rating in ratings)
    agree(table, "nominal").alpha

Prevalence makes the coefficients part ways: where nearly every row gets one label, raw agreement is high, kappa and
alpha are low and AC1 is high. So they are shown together, beside the marginals.
"""

from __future__ import annotations

from seedbed.review.agreement.agreeing import Agreement, agree
from seedbed.review.agreement.groups import CrossAgreement, GroupAgreement, agree_groups
from seedbed.review.agreement.pairs import PairAgreement, cohen_pairs
from seedbed.review.agreement.table import Category, Level, Table

__all__ = [
    "Agreement",
    "Category",
    "CrossAgreement",
    "GroupAgreement",
    "Level",
    "PairAgreement",
    "Table",
    "agree",
    "agree_groups",
    "cohen_pairs",
]
