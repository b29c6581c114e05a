"""Files of ratings as clinics and studies have them, made by a program, each with what it means beside it."""

from __future__ import annotations

from tests.study.odd_files import measures, programs, times, wide, written
from tests.study.odd_files.cases import CASES, Case, Meaning

BY_NAME = {case.name: case for case in CASES}
__all__ = ["BY_NAME", "CASES", "Case", "Meaning", "measures", "programs", "times", "wide", "written"]
