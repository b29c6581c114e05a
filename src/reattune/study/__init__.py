"""Cohorts: read ratings, run detectors, write tables."""
