"""What an error may say in the log."""

from __future__ import annotations

import logging
import traceback


class ServersOwn(logging.Filter):
    """Lets the web server say that it starts and stops, and takes addresses and paths out of its complaints."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass, perhaps rewritten."""
        return record.levelno < logging.WARNING or WithoutDetails().filter(record)


class WithoutDetails(logging.Filter):
    """Keeps an error's place in the code and drops its values: they may be somebody's words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass, rewritten."""
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            places = " < ".join(f"{frame.name} {frame.filename}:{frame.lineno}" for frame in reversed(frames[-6:]))
            record.msg, record.args = f"{record.exc_info[0].__name__} in {places}", ()
            record.exc_info = record.exc_text = None
        else:
            record.msg, record.args = "A request could not be answered.", ()
        return True
