"""Verdicts into reports: one short module per format."""
