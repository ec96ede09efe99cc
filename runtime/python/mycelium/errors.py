"""What can go wrong, as exceptions a program can act on.

::

    MyceliumError
    └── CodecError          bytes or values that break the wire contract
        ├── DecodeError     these bytes are not a message of this type
        ├── EncodeError     this value cannot be written
        ├── FrameError      these bytes are not a frame, or not one for here
        └── RowError        one of many frames or bodies, read as columns, is one of the above

Every codec error carries a stable ``code``, the ``path`` of the offending value (``Order.legs[2].symbol``) and its
``offset`` in bytes.
"""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """The codes of the wire contract, the same in every language for the same bytes."""

    TRUNCATED = "TRUNCATED"
    NON_CANONICAL = "NON_CANONICAL"
    FIELD_ORDER = "FIELD_ORDER"
    MISSING_FIELD = "MISSING_FIELD"
    BAD_KIND = "BAD_KIND"
    KIND_MISMATCH = "KIND_MISMATCH"
    DEPTH_EXCEEDED = "DEPTH_EXCEEDED"
    BAD_LENGTH = "BAD_LENGTH"
    BOUND_EXCEEDED = "BOUND_EXCEEDED"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    BAD_BOOL = "BAD_BOOL"
    BAD_ENUM = "BAD_ENUM"
    BAD_UTF8 = "BAD_UTF8"
    BAD_ASCII = "BAD_ASCII"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    BAD_VERSION = "BAD_VERSION"
    BAD_FLAGS = "BAD_FLAGS"
    FRAME_TOO_LARGE = "FRAME_TOO_LARGE"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    TRAILING_BYTES = "TRAILING_BYTES"
    ENCODE_TYPE = "ENCODE_TYPE"
    ENCODE_RANGE = "ENCODE_RANGE"


class MyceliumError(Exception):
    """The root of everything this package raises on purpose."""


class CodecError(MyceliumError):
    """Bytes or a value that break the wire contract.

    ``code`` says which rule, ``path`` which value, ``offset`` where in the input (bytes from the start of the
    body; of the frame for a :class:`FrameError`; 0 when encoding). ``detail`` explains in words, and never
    shows a value, which might be sensitive.
    """

    def __init__(self, code: ErrorCode, path: str = "", offset: int = 0, detail: str = "") -> None:
        super().__init__(code, path, offset, detail)
        self.code = code
        self.path = path
        self.offset = offset
        self.detail = detail

    def _place(self) -> str:
        return f" at {self.path} (offset {self.offset})" if self.path else f" at offset {self.offset}"

    def __str__(self) -> str:
        explanation = f": {self.detail}" if self.detail else ""
        return f"{self.code}{self._place()}{explanation}"


class DecodeError(CodecError):
    """The bytes are not a body of the message asked for; ``offset`` counts from the start of the body."""


class EncodeError(CodecError):
    """The message holds a value that the wire cannot carry; ``path`` names it, ``offset`` is 0."""

    def _place(self) -> str:
        return f" at {self.path}" if self.path else ""


class FrameError(CodecError):
    """The bytes are not one acceptable frame; ``offset`` counts from the start of the frame."""


class RowError(CodecError):
    """One of many frames or bodies cannot be read, and none was.

    ``index`` counts frames or bodies from 0, ``start`` is where it begins in the buffer, in bytes. ``code``, ``path``,
    ``offset`` and ``detail`` are those of its own :class:`DecodeError` or :class:`FrameError`, which is the cause.
    """

    def __init__(self, index: int, start: int, cause: CodecError) -> None:
        super().__init__(cause.code, cause.path, cause.offset, cause.detail)
        self.args = (index, start, cause)
        self.index = index
        self.start = start

    def _place(self) -> str:
        return f"{super()._place()} in row {self.index} (byte {self.start})"


class Offence(Exception):
    """An offence on its way out of a codec, gathering its path from the inside outwards."""

    def __init__(self, code: ErrorCode, offset: int = 0, detail: str = "") -> None:
        super().__init__(code, offset, detail)
        self.code = code
        self.offset = offset
        self.detail = detail
        self._trail: list[str] = []

    def within(self, part: str) -> None:
        """Note that the offending value lies inside ``part``."""
        self._trail.append(part)

    @property
    def path(self) -> str:
        """The parts noted so far, outermost first."""
        return "".join(reversed(self._trail))
