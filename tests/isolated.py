"""Loaded before Django's settings: the tests never touch this user's own journals."""

import os
import tempfile

os.environ["REATTUNE_DATA"] = tempfile.mkdtemp(prefix="reattune-tests-")
