"""Which judge may be believed, on what: held against people's ratings, and shares put right for its errors.

calibrate(judgements, ratings, slices)    kappa, sensitivity, specificity, the bar → Calibration
verdicts(judgements, calibration)         yes, no or unverified, by row and claim
rogan_gladen, prediction_powered          a share of rows, corrected
soft_scores                               distributions of a judge against those of raters
"""

from __future__ import annotations

from seedbed.judges.calibrating.acceptance import Accepted, acceptance
from seedbed.judges.calibrating.calibrate import (
    LEAST_OF_SLICE,
    LEAST_OF_WRITER,
    SLICES,
    Calibrated,
    Calibration,
    calibrate,
)
from seedbed.judges.calibrating.claims import CLAIMS, Claim
from seedbed.judges.calibrating.corrected import prediction_powered, rogan_gladen
from seedbed.judges.calibrating.soft import SoftScores, shares_of, soft_scores
from seedbed.judges.calibrating.standing import RowVerdict, load_calibration, save_calibration, verdicts

__all__ = [
    "CLAIMS",
    "LEAST_OF_SLICE",
    "LEAST_OF_WRITER",
    "SLICES",
    "Accepted",
    "Calibrated",
    "Calibration",
    "Claim",
    "RowVerdict",
    "SoftScores",
    "acceptance",
    "calibrate",
    "load_calibration",
    "prediction_powered",
    "rogan_gladen",
    "save_calibration",
    "shares_of",
    "soft_scores",
    "verdicts",
]
