"""The extension module, built from runtime/rust/mycelium-python."""

from collections.abc import Callable
from typing import Any, final

@final
class Codec:
    """What encodes and decodes the messages of one class."""

    @property
    def decode(self) -> Callable[[Any], Any]:
        """``decode(data)``: a message of the class, from a whole body."""

    @property
    def encode(self) -> Callable[[Any], bytes]:
        """``encode(message)``: its body; a method of the class."""

    @property
    def encode_into(self) -> Callable[..., int]:
        """``encode_into(message, buffer, offset=0)``: how many bytes its body took; a method of the class."""

    @property
    def is_native(self) -> bool:
        """Whether the class has a plan that can be used now."""

def make_codec(
    message: type[Any],
    decode_carefully: Callable[..., Any],
    encode_carefully: Callable[..., bytes],
    decode: Callable[..., Any],
    encode: Callable[..., bytes],
    encode_into: Callable[..., int],
    /,
) -> Codec:
    """The codec of a message class, and the functions it hands over to."""

def is_enabled() -> bool:
    """Whether codecs run in here; otherwise they hand over to pure Python."""

def set_enabled(enabled: bool, /) -> None:
    """Let codecs run in here, or hand over to pure Python."""

def fill_columns(
    program: bytes,
    data: bytes | bytearray | memoryview,
    ends: bytes | None,
    type_id: int,
    longest: int,
    budget: int,
    /,
) -> tuple[int, list[bytes | bytearray | memoryview] | None]:
    """How many rows there are, and their columns; None for these where the next row is not legal."""

def rows_are_legal(
    checks: bytes, data: bytes | bytearray | memoryview, stride: int, head: int, body: int, block: int, /
) -> bool:
    """Whether rows of the same shape are legal where they stand."""

class View:
    """What the native classes of views derive from."""

def make_view_field(codec: Codec, index: int, read_field: Callable[..., Any], /) -> Any:
    """An attribute of a class of views: the message's field of that index."""

def make_view_function(
    codec: Codec, view_class: type[Any], otherwise: Callable[[Any], Any], longest: int, /
) -> Callable[[Any], Any]:
    """What makes views of bodies, and hands over to ``otherwise`` at an offence or above a size in bytes."""
