"""The person's own settings."""
