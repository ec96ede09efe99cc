"""The name both sides of the conversation open it with."""

from __future__ import annotations

PLUGIN_FORM = "mycelium-plugin-1"
"""Name and version of the contract; the value of ``plugin`` in every request and every answer."""
