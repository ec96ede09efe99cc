"""What a type checker knows of generated classes. Every ``reveal_type`` has beside it what must be revealed."""

from __future__ import annotations

from typing import assert_never, reveal_type

from mycelium_registry import MESSAGES
from typed import LIMIT, Event, EventLeg, EventText, EventUnknown, Leg, Level, Order, Side

from mycelium import Message, decode_frame, encode_frame, from_json, views


def fields(order: Order) -> None:
    reveal_type(order.symbol)  # str
    reveal_type(order.at)  # int
    reveal_type(order.side)  # typed.Side
    reveal_type(order.price)  # decimal.Decimal | None
    reveal_type(order.id)  # uuid.UUID
    reveal_type(order.levels)  # tuple[typed.Level, ...]
    reveal_type(order.tags)  # dict[str, int]
    reveal_type(order.venue)  # typed.Venue | None
    reveal_type(order.pair)  # tuple[int, ...]
    reveal_type(order.wide)  # int
    reveal_type(order.raw)  # bytes
    reveal_type(order.flag)  # bool


def codec(order: Order, data: bytes, kind: type[Message]) -> None:
    reveal_type(order.encode())  # bytes
    reveal_type(Order.decode(data))  # typed.Order
    reveal_type(Order.decode(memoryview(data)))  # typed.Order
    reveal_type(kind.decode(data))  # mycelium.message.Message
    reveal_type(from_json(Order, {}))  # typed.Order
    reveal_type(encode_frame(order))  # bytes
    reveal_type(decode_frame(data, MESSAGES).message)  # mycelium.message.Message


def views_and_columns(data: bytes) -> None:
    reveal_type(Order.view(data))  # typed.Order
    reveal_type(Order.view(memoryview(data)).price)  # decimal.Decimal | None
    print(Order.view(data).prize)  # error: "Order" has no attribute "prize"; maybe "price"?  [attr-defined]
    reveal_type(views.to_message(Order.view(data)))  # typed.Order
    with views.closing(Order.view(data)) as view:
        reveal_type(view)  # typed.Order
    reveal_type(Order.decode_columns([data, data])["at"])  # numpy.ndarray[Any, Any]


def constants(kind: type[Message]) -> None:
    reveal_type(Order.TYPE_ID)  # int
    reveal_type(Order.TOPIC)  # str
    reveal_type(Leg.TYPE_ID)  # int | None
    reveal_type(kind.TYPE_ID)  # int | None
    reveal_type(MESSAGES[1500])  # type[mycelium.message.Message]
    reveal_type(LIMIT)  # int
    reveal_type(Side.BUY.is_known)  # bool
    reveal_type(Side(9))  # typed.Side


def variants(event: Event) -> None:
    match event:
        case EventLeg(leg):
            reveal_type(leg)  # typed.Leg
        case EventText(value=text):
            reveal_type(text)  # str
        case EventUnknown(tag=tag):
            reveal_type(tag)  # int
        case _:
            assert_never(event)


def mistakes(order: Order) -> None:
    Leg()  # error: Missing named argument "ratio" for "Leg"
    Leg(1.5)  # error: Too many positional arguments for "Leg"
    Leg(ratio="1.5")  # error: Argument "ratio" to "Leg" has incompatible type "str"; expected "float"
    Level(1.0, "2")  # error: Argument 2 to "Level" has incompatible type "str"; expected "int"
    order.at = 3  # error: Property "at" defined in "Order" is read-only
    Order.decode("text")  # error: Argument 1 to "decode" of "Message" has incompatible type "str"
