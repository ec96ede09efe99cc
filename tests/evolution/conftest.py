"""Shares the schema mutations of tests/idl and the value strategies of tests/interop."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "idl"), str(TESTS / "interop")]
