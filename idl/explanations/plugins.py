"""MYC11xx: what plugins say."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.explanations.explanation import Explanation

PLUGIN_EXPLANATIONS = (
    Explanation(
        Code.REFUSED_BY_PLUGIN,
        "a plugin that refuses the schema",
        "The schema is valid, but a plugin named with --lang cannot make its files from it, or does not want to. The "
        "message is the plugin's own. Nothing was written.",
        "Change what the plugin points at, give it another --option, or leave the plugin out.",
    ),
)
