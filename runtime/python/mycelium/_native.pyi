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
