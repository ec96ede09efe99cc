"""What a type checker knows of the bus. Every ``reveal_type`` has beside it what must be revealed."""

from __future__ import annotations

from pathlib import Path
from typing import reveal_type

from typed import Leg, Order

from mycelium import MessageBus, Subscriber
from mycelium.bus import LinkStatus, Node


def publishing(bus: MessageBus, order: Order, leg: Leg) -> None:
    orders = bus.publisher(Order)
    reveal_type(orders)  # mycelium.bus.publisher.Publisher[typed.Order]
    reveal_type(orders.publish)  # def (typed.Order)
    reveal_type(orders.try_publish(order))  # bool
    reveal_type(orders.message_class)  # type[typed.Order]
    reveal_type(orders.published)  # int
    orders.publish(leg)  # error: Argument 1 has incompatible type "Leg"; expected "Order"
    bus.publisher(int)  # error: Value of type variable "M" of "publisher" of "MessageBus" cannot be "int"


def receiving(bus: MessageBus) -> None:
    orders = bus.subscriber(Order, capacity=4096, overflow="drop_oldest")
    reveal_type(orders)  # mycelium.bus.subscriber.Subscriber[typed.Order]
    reveal_type(orders.recv())  # typed.Order
    reveal_type(orders.recv(timeout=1.0))  # typed.Order
    reveal_type(orders.recv(1))  # typed.Order
    reveal_type(orders.try_recv())  # typed.Order | None
    reveal_type(orders.lost)  # dict[str, int]
    reveal_type(orders.waiting)  # int
    for order in orders:
        reveal_type(order)  # typed.Order
    with orders as entered:
        reveal_type(entered)  # mycelium.bus.subscriber.Subscriber[typed.Order]
    orders.recv("1")  # error: Argument 1 to "__call__" of "Take" has incompatible type "str"


async def awaiting(orders: Subscriber[Order]) -> None:
    reveal_type(await orders.recv_async())  # typed.Order
    async for order in orders:
        reveal_type(order)  # typed.Order


def on_order(order: Order) -> None:
    reveal_type(order.symbol)  # str


def answer(order: Order) -> Leg:
    return Leg(ratio=1.0)


def calling(bus: MessageBus, order: Order) -> None:
    subscription = bus.subscribe(Order, on_order)
    reveal_type(subscription)  # mycelium.bus.outlet.Subscription[typed.Order]
    reveal_type(subscription.last_failure)  # Exception | None
    bus.subscribe(Leg, on_order)  # error: Argument 2 to "subscribe" of "MessageBus" has incompatible type
    bus.serve(Order, answer)
    reveal_type(bus.request(order, Leg, to="risk", timeout=0.5))  # typed.Leg
    bus.request(order, int)  # error: Value of type variable "Reply" of "request" of "MessageBus"


def nodes(file: Path) -> None:
    reveal_type(MessageBus.from_topology(file, service="risk"))  # mycelium.bus.message_bus.MessageBus
    with Node.from_topology("topology.toml", "desk") as node:
        reveal_type(node)  # mycelium.bus.node.Node
        reveal_type(node.bus("risk"))  # mycelium.bus.message_bus.MessageBus
        reveal_type(node.links())  # list[mycelium.bus.links.LinkStatus]
        reveal_type(node.services)  # tuple[str, ...]
    with Node.from_topology(file, "desk", guests=["risk"]) as host:
        reveal_type(host.offer())  # object
        reveal_type(Node.join(host.offer(), services=["risk"]))  # mycelium.bus.node.Node
        Node.from_topology(file, "desk", guests=[1])  # error: List item 0 has incompatible type


def links(link: LinkStatus) -> None:
    reveal_type(link.state)  # mycelium.bus.links.LinkState
    reveal_type(link.kind)  # mycelium.topology.routes.RouteKind
    reveal_type(link.last_error)  # str | None
    reveal_type(link.mismatches)  # tuple[str, ...]
