"""Resolved schema <-> JSON: what tools read that are not this compiler, and what history is kept in.

``to_descriptor`` loses nothing but places in files, ``from_descriptor`` accepts nothing that is not a valid schema.
docs/descriptor.md describes the form.
"""

from __future__ import annotations

from mycelium.idl.descriptor.document import DescriptorError
from mycelium.idl.descriptor.form import DESCRIPTOR_FORM
from mycelium.idl.descriptor.reading import from_descriptor
from mycelium.idl.descriptor.writing import to_descriptor

__all__ = ["DESCRIPTOR_FORM", "DescriptorError", "from_descriptor", "to_descriptor"]
