"""Noticing: check-ins, moments, what is held back, and what the journal asks about."""
