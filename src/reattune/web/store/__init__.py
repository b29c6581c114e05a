"""Sealed rows in the database: the one way in and the one way out."""
