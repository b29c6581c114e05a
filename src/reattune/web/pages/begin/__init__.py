"""The first pages: setting up, unlocking, and what is open to anyone."""
