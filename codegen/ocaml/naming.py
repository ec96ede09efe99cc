"""Names of a schema -> names of OCaml, the same way every time and never clashing."""

from __future__ import annotations

import re
from collections.abc import Iterable

KEYWORDS = frozenset(
    """and as assert asr begin class constraint do done downto else end exception external false for fun function
    functor if in include inherit initializer land lazy let lor lsl lsr lxor match method mod module mutable new
    nonrec object of open or private rec sig struct then to true try type val virtual when while with""".split()
)

STANDARD_MODULES = frozenset(
    """Stdlib CamlinternalFormat CamlinternalFormatBasics CamlinternalLazy CamlinternalMod CamlinternalOO Std_exit
    Arg Array ArrayLabels Atomic Bigarray Bool Buffer Bytes BytesLabels Callback Char Complex Condition Digest Domain
    Dynarray Effect Either Ephemeron Event Filename Float Format Fun Gc Genlex Hashtbl In_channel Int Int32 Int64
    Lazy Lexing List ListLabels Map Marshal MoreLabels Mutex Nativeint Obj Oo Option Out_channel Parsing Pqueue
    Printexc Printf Queue Random Repr Result Scanf Semaphore Seq Set Stack StdLabels Stream String StringLabels Sys
    Thread Type Uchar Unit Unix UnixLabels Weak Str Dynlink Threads Topdirs Toploop Mycelium Mycelium_registry
    Mycelium_control""".split()
)
"""Names a library cannot have: modules of the standard library, of its companions and of Mycelium."""

_WORD_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """``OrderBook``, ``ORDER_BOOK`` and ``order_book`` as ``order_book``; ``HTTPServer`` as ``http_server``."""
    return _WORD_BOUNDARY.sub("_", name).lower()


def value_name(name: str) -> str:
    """A field or constant: as it is where OCaml takes it, else in snake case; keywords get an underscore."""
    lowered = name if name[0].islower() else snake_case(name)
    return escape(lowered, KEYWORDS)


def capital_name(name: str) -> str:
    """A module or constructor: ``Order_book``."""
    return snake_case(name).capitalize()


def escape(name: str, reserved: Iterable[str]) -> str:
    """A reserved name, with or without underscores at its end, gets one more."""
    return name + "_" if name.rstrip("_") in reserved else name


class NameSpace:
    """Names of one scope: each is given out once, later askers get underscores.

    Mutable while a scope is being filled, and never shared between scopes.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def claim(self, name: str) -> str:
        """The name, followed by as many underscores as make it new."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def claim_all(self, names: Iterable[str]) -> tuple[str, ...]:
        """Each name in turn."""
        return tuple(self.claim(name) for name in names)
