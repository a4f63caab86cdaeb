"""Puts ``tests`` on the path, so that every test file can import ``helpers``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
