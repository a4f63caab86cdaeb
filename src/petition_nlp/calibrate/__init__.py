"""Calibration, thresholds, decisions and the rule for review."""

from petition_nlp.calibrate.heads import HeadCalibration, expected_calibration_error, f1_threshold, sigmoid
from petition_nlp.calibrate.review import ReviewPolicy, domain_confidence

__all__ = [
    "HeadCalibration",
    "ReviewPolicy",
    "domain_confidence",
    "expected_calibration_error",
    "f1_threshold",
    "sigmoid",
]
