"""The bases of generated enums: integers with names.

An open enum keeps numbers it has no name for, so that they survive a round trip; a closed one refuses them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar, Self, TypeAlias

from mycelium.plan import EnumPlan


class OpenEnum(IntEnum):
    """An enum that any number of its width belongs to.

    ``Side(7)`` gives a nameless member where 7 has no name; it compares, hashes, pickles and prints as the
    number. Nothing is kept of it, so hostile input cannot make the class grow. A number beyond the width raises
    :class:`ValueError`.
    """

    __plan__: ClassVar[EnumPlan]

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << cls.__plan__.bits:
            return None
        member = int.__new__(cls, value)
        member._name_ = str(int(value))
        member._value_ = int(value)
        return member

    @property
    def is_known(self) -> bool:
        """Whether this schema has a name for the number."""
        return self._value_ in type(self)._value2member_map_


class ClosedEnum(IntEnum):
    """An enum of exactly its members; any other number raises :class:`ValueError`."""

    __plan__: ClassVar[EnumPlan]


AnyEnum: TypeAlias = OpenEnum | ClosedEnum
