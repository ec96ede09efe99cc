"""What can go wrong on a bus.

::

    MyceliumError
    └── BusError
        ├── BusClosed          the bus, or this end of it, was closed
        ├── QueueFull          a route with overflow ``error`` has no room; nobody got the message
        ├── ReceiveTimedOut    nothing came in time (also a TimeoutError)
        ├── RequestError
        │   ├── NoServer          nobody, or nobody of that name, answers this type
        │   ├── AmbiguousRequest  several services answer this type, and none was named
        │   ├── RequestFailed     the server raised, or answered something else
        │   └── RequestTimedOut   no answer came in time (also a TimeoutError)
        └── NodeError            a node that cannot run as its topology says
            ├── ExtensionMissing   its routes need the native extension, which is not there
            ├── NodeClaimed        another process runs it
            └── NotConnected       not every link was there in time (also a TimeoutError)
"""

from __future__ import annotations

from mycelium.errors import MyceliumError


class BusError(MyceliumError):
    """The root of what a bus raises on purpose."""


class BusClosed(BusError):
    """The bus was closed, or the publisher or subscriber itself; nothing can pass any more."""


class QueueFull(BusError):
    """A subscriber on a route with overflow ``error`` has no room. The message was delivered to nobody."""


class ReceiveTimedOut(BusError, TimeoutError):
    """No message came within the timeout."""


class RequestError(BusError):
    """A request without an answer."""


class NoServer(RequestError):
    """Nobody serves this type of message, or not under the name asked for."""


class AmbiguousRequest(RequestError):
    """Several services serve this type of message, on whatever nodes, and none was named. The text has their names."""


class RequestFailed(RequestError):
    """The server raised, which is the cause of this error, or answered with another type than was asked for."""


class RequestTimedOut(RequestError, TimeoutError):
    """The server gave no answer within the timeout."""


class NodeError(BusError):
    """A node that cannot run, or not as its topology says: an address, a certificate or a lock that cannot be used."""


class ExtensionMissing(NodeError):
    """The node's routes lead out of this process, which needs the native extension; this installation has none."""


class NodeClaimed(NodeError):
    """Another process, or another part of this one, runs the node. The text has the process's number."""


class NotConnected(NodeError, TimeoutError):
    """Not every link of the node was established within the timeout; the text has those that were not, and why."""
