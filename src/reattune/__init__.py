"""Reattune: notice a hurt in therapy, say it, and mend it.

As a library: ``reattune.detect`` finds ruptures and repairs in session-by-session ratings, and
``reattune.Course`` reads one person's, one session at a time; docs/tutorial.md shows both.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reattune.alliance.bayes.course_state import CourseStateError
    from reattune.alliance.bayes.session_by_session import Course, CourseReading
    from reattune.alliance.detectors import DETECTORS as METHODS
    from reattune.alliance.measure import Measure
    from reattune.study.errors import StudyError
    from reattune.study.library_api import Found, detect

__version__ = "0.1.0"
__all__ = [
    "METHODS",
    "Course",
    "CourseReading",
    "CourseStateError",
    "Found",
    "Measure",
    "StudyError",
    "__version__",
    "detect",
]

# Looked up when first asked for: the app starts without the parts that only cohorts need.
_WHERE = {
    "METHODS": ("reattune.alliance.detectors", "DETECTORS"),
    "Course": ("reattune.alliance.bayes.session_by_session", "Course"),
    "CourseReading": ("reattune.alliance.bayes.session_by_session", "CourseReading"),
    "CourseStateError": ("reattune.alliance.bayes.course_state", "CourseStateError"),
    "Measure": ("reattune.alliance.measure", "Measure"),
    "StudyError": ("reattune.study.errors", "StudyError"),
    "Found": ("reattune.study.library_api", "Found"),
    "detect": ("reattune.study.library_api", "detect"),
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'reattune' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    return getattr(import_module(module), attribute)
