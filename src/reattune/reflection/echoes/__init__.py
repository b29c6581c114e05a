"""Echoes: moments in different relationships that may belong together."""
