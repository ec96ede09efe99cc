"""Programs of others that make files from a schema: asked over standard input, answering over standard output.

``request`` writes what they are asked, ``process`` runs them, ``answer`` reads what they say, ``paths`` keeps their files
inside the folder, ``elements`` finds what their errors are about. docs/plugins.md is the contract.
"""

from __future__ import annotations

from mycelium.codegen.plugin.form import PLUGIN_FORM
from mycelium.codegen.plugin.plugin import Plugin
from mycelium.codegen.plugin.process import Limits

__all__ = ["PLUGIN_FORM", "Limits", "Plugin"]
