"""Bulk tagging: resumable, in order, in constant memory."""

from petition_nlp.batch.job import JobOptions, JobSummary, run_job

__all__ = ["JobOptions", "JobSummary", "run_job"]
