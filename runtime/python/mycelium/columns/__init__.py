"""Many frames at once, as numpy arrays and Arrow record batches.

Needs numpy (``pip install 'mycelium-bus[columns]'``), and pyarrow for Arrow (``'mycelium-bus[arrow]'``). The class methods
``to_numpy``, ``decode_columns`` and ``to_arrow`` of messages are these functions.
"""

from __future__ import annotations

try:
    import numpy as _numpy  # noqa: F401
except ImportError as error:
    raise ImportError("columns need numpy: pip install 'mycelium-bus[columns]'", name="numpy") from error

from mycelium.columns.arrays import decode_columns, texts
from mycelium.columns.arrow import to_arrow
from mycelium.columns.block_array import to_numpy
from mycelium.columns.dtype import block_dtype, scale_of
from mycelium.columns.rows import FramesOrBodies
from mycelium.errors import RowError

__all__ = [
    "FramesOrBodies",
    "RowError",
    "block_dtype",
    "decode_columns",
    "scale_of",
    "texts",
    "to_arrow",
    "to_numpy",
]
