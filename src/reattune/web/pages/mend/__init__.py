"""Mending: plans, the card, rehearsal, talks, and what became of them."""
