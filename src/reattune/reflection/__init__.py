"""What a journal shows. Pure functions from a journal to small view objects; time comes in as an argument."""
