"""Two resolved schemas -> what changed between them, and who can still read whom.

``compare`` is one pure function. Its verdicts are what the codecs really do; tests/evolution proves that with bytes.
docs/evolution.md explains the rules.
"""

from __future__ import annotations

from mycelium.idl.compatibility.comparison import compare
from mycelium.idl.compatibility.findings import Comparison, Finding, Surface, Verdict

__all__ = ["Comparison", "Finding", "Surface", "Verdict", "compare"]
