"""Leaving, lines that were crossed, and finding the next one."""
