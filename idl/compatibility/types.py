"""Types of one field, variant or element in two versions. Values are typed: another type is another meaning."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.limits import (
    BOUNDED_TYPES,
    LIMITED_TYPES,
    accepted_counts,
    accepted_numbers,
    contains,
)
from mycelium.idl.compatibility.programs import languages_apart, report_programs
from mycelium.idl.compatibility.recorder import NEITHER_READS, ONLY_NEW_READS, ONLY_OLD_READS, Recorder
from mycelium.idl.schema import (
    ArrayType,
    EnumType,
    ListType,
    MapType,
    MessageType,
    Span,
    StructType,
    Type,
    UnionType,
)
from mycelium.idl.type_names import type_name

_LAYOUT_FACTS = ("bits", "signed", "scale", "length")
"""What makes scalars of one class different types."""


class TypeComparison:
    """Compares the types of one element and reports what differs, each difference once."""

    def __init__(
        self, recorder: Recorder, element: str, old_span: Span | None, new_span: Span | None
    ) -> None:
        self._recorder = recorder
        self._element = element
        self._spans = (old_span, new_span)

    def compare(self, old: Type, new: Type) -> bool:
        """Report whatever differs; False when it is another type, True when at most limits and bounds changed."""
        if not self._is_same_type(old, new):
            self._recorder.report(
                Code.FIELD_TYPE_CHANGED,
                self._element,
                f"`{self._element}` was {type_name(old)} and is now {type_name(new)}",
                verdict=NEITHER_READS,
                old_span=self._spans[0],
                new_span=self._spans[1],
                mend="keep the type, reserve the old number and name, and add a field of the new type",
            )
            report_programs(
                self._recorder,
                self._element,
                "has another type",
                languages_apart(old, new),
                old_span=self._spans[0],
                new_span=self._spans[1],
            )
            return False
        self._compare_limits(old, new)
        return True

    def _is_same_type(self, old: Type, new: Type) -> bool:
        """The same type but for limits and bounds, all the way down."""
        if type(old) is not type(new):
            return False
        match old, new:
            case (ArrayType(element=before, length=old_length), ArrayType(element=after, length=new_length)):
                return old_length == new_length and self._is_same_type(before, after)
            case (ListType(element=before), ListType(element=after)):
                return self._is_same_type(before, after)
            case (MapType(key=old_key, value=before), MapType(key=new_key, value=after)):
                return self._is_same_type(old_key, new_key) and self._is_same_type(before, after)
            case (
                (EnumType(name=old_name), EnumType(name=new_name))
                | (StructType(name=old_name), StructType(name=new_name))
                | (MessageType(name=old_name), MessageType(name=new_name))
                | (UnionType(name=old_name), UnionType(name=new_name))
            ):
                return self._recorder.corresponds(old_name, new_name)
        return all(getattr(old, fact, None) == getattr(new, fact, None) for fact in _LAYOUT_FACTS)

    def _compare_limits(self, old: Type, new: Type) -> None:
        if isinstance(old, LIMITED_TYPES) and isinstance(new, LIMITED_TYPES):
            narrowed = not contains(accepted_numbers(new), accepted_numbers(old))
            widened = not contains(accepted_numbers(old), accepted_numbers(new))
            self._report_limits(old, new, narrowed, widened)
        # With the same bounds, maps differ in size only where their keys do, and that is reported of the keys.
        if (
            isinstance(old, BOUNDED_TYPES)
            and isinstance(new, BOUNDED_TYPES)
            and (old.minimum, old.maximum) != (new.minimum, new.maximum)
        ):
            had = accepted_counts(old, self._recorder.old)
            has = accepted_counts(new, self._recorder.new)
            self._report_limits(old, new, not contains(has, had), not contains(had, has))
        match old, new:
            case (ListType(element=before), ListType(element=after)) | (
                ArrayType(element=before),
                ArrayType(element=after),
            ):
                self._compare_limits(before, after)
            case (MapType(key=old_key, value=before), MapType(key=new_key, value=after)):
                self._compare_limits(old_key, new_key)
                self._compare_limits(before, after)

    def _report_limits(self, old: Type, new: Type, narrowed: bool, widened: bool) -> None:
        change = f"`{self._element}` was {type_name(old)} and is now {type_name(new)}"
        if narrowed:
            self._recorder.report(
                Code.LIMIT_NARROWED,
                self._element,
                f"{change}: values that were written are refused",
                verdict=ONLY_OLD_READS,
                old_span=self._spans[0],
                new_span=self._spans[1],
                mend="keep what was allowed, and refuse the rest in the program",
            )
        if widened:
            self._recorder.report(
                Code.LIMIT_WIDENED,
                self._element,
                f"{change}: older readers refuse what is new",
                verdict=ONLY_NEW_READS,
                old_span=self._spans[0],
                new_span=self._spans[1],
                mend="update every reader before a writer uses what is new, or keep the limit",
            )
