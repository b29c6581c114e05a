"""What can be wrong with a file of ratings."""


class StudyError(Exception):
    """The file cannot be read as ratings. One sentence: what, where (row and column), what to do."""
