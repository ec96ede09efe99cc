"""The extension module, built from runtime/rust/mycelium-python."""

from collections.abc import Callable, Iterator
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
    frames_or_bodies: bytes | bytearray | memoryview | tuple[bytes | bytearray | memoryview, ...],
    type_id: int,
    longest: int,
    budget: int,
    /,
) -> tuple[int, list[bytes | bytearray | memoryview] | None]:
    """How many rows there are, and their columns; None for these where one of the next rows is not legal.

    Frames are one buffer; bodies are a tuple.
    """

def rows_are_legal(
    checks: bytes, data: bytes | bytearray | memoryview, stride: int, head: int, body: int, block: int, /
) -> bool:
    """Whether rows of the same shape are legal where they stand."""

def gather(values: Any, form: int, /) -> list[bytes | bytearray | memoryview]:
    """The bytes of the values of an array of one dimension, one after the other.

    ``form`` 0: as they are; 1: integers of 8 bytes as such of 16; 2: padded text as two buffers, where each ends and all
    of them joined.
    """

class View:
    """What the native classes of views derive from."""

def make_view_field(codec: Codec, index: int, read_field: Callable[..., Any], /) -> Any:
    """An attribute of a class of views: the message's field of that index."""

def make_view_function(
    codec: Codec, view_class: type[Any], otherwise: Callable[[Any], Any], longest: int, /
) -> Callable[[Any], Any]:
    """What makes views of bodies, and hands over to ``otherwise`` at an offence or above a size in bytes."""

def open_node(path: str, name: str, guests: list[str], /) -> Node:
    """Claim a node of a topology file, listen, and begin to dial; guests of this process run those services."""

def join_node(capsule: object, services: list[str], /) -> Node:
    """A node that another core of this process runs, with some services of its guests, all of them where none is named."""

@final
class Node:
    """A node that this process runs."""

    def service(self, name: str, /) -> Service:
        """A service of the node."""

    def offer(self) -> object:
        """A capsule with which guests of this process join the node."""

    def about(self) -> tuple[str, list[str], str, str]:
        """The node's name, the services run here, the text of its topology and the name of that."""

    def links(self) -> list[tuple[str, str, str, str, str, str | None, list[str], dict[str, int]]]:
        """Of each link: own service, peer, kind, state, the peer's node, the last error, mismatches, counters."""

    def warnings(self) -> list[str]:
        """What is odd about it, a sentence for each."""

    def wait_until_connected(self, timeout: float | None, /) -> None:
        """Return when every link is established; NotConnected after that many seconds."""

    def close(self) -> None:
        """Send what was published, say goodbye, let everything go."""

@final
class Service:
    """A service's way to the services of other nodes."""

    def publisher(self, message_class: type[Any], /) -> Publisher:
        """What hands messages of this class to the nodes that want them."""

    def inbox(
        self, capacity: int, overflow: str, wait: str | None, lateness: float | None, latency: bool, /
    ) -> Inbox:
        """A queue, filled with nothing yet; a wait of None is that of the service's routes.

        With a lateness, in seconds, it merges by time.
        """

    def advance_to(self, published_at: int, /) -> None:
        """Publish at this time from now on; ValueError for one before the service's."""

    def servers(self, message_class: type[Any], /) -> list[str]:
        """The services of other nodes that answer requests of this class."""

    def request(self, message: Any, reply_class: type[Any], to: str | None, timeout: float | None, /) -> Any:
        """The answer of a service on another node; RequestError."""

    def reply(self, asker: Asker, message: Any, /) -> None:
        """Answer a request."""

    def refuse(self, asker: Asker, reason: str, /) -> None:
        """Tell who asked what went wrong."""

@final
class Asker:
    """Who waits for an answer."""

@final
class Publisher:
    """What hands messages of one class to the nodes that want them."""

    is_alone: bool
    @property
    def published(self) -> int:
        """How many messages were published without anybody of this process."""

    def wait_until_wanted(self, timeout: float | None, /) -> None:
        """Return when a service of another node wants these messages; NotConnected after that many seconds."""

    @property
    def is_wanted(self) -> bool:
        """Whether a service of another node wants these messages now."""

    def wanted_by(self) -> list[str]:
        """The services of other nodes, or of guests, that want the messages now."""

    def begin(self, publish: Callable[[Any], None], try_publish: Callable[[Any], bool], /) -> None:
        """Where publish and try_publish turn to unless they are alone."""

    def publish(self, message: Any, /) -> None:
        """As send where this is alone, else as it was told to begin with."""

    def try_publish(self, message: Any, /) -> bool:
        """As try_send where this is alone, else as it was told to begin with."""

    def send(self, message: Any, /) -> None:
        """Hand the message to every node that wants it; waits, or raises QueueFull, as their routes say."""

    def try_send(self, message: Any, /) -> bool:
        """The same without waiting: False, and nobody gets the message, where there is no room."""

    def close(self) -> None:
        """Let nothing pass any more."""

@final
class Inbox:
    """A queue of messages of other nodes and of this one."""

    keeper: object
    """What lives as long as this inbox, or one of its methods, does."""

    def receive(self, message_class: type[Any], receiver: Any, /) -> None:
        """Let messages of this class come in; take_delivery gives the receiver with each."""

    def serve(self, message_class: type[Any], receiver: Any, /) -> None:
        """Let requests of this class come in."""

    def receive_no_more(self, message_class: type[Any], /) -> None:
        """Let no messages of this class come in."""

    def take(self, timeout: float | None = None) -> Any:
        """The message that has waited longest; ReceiveTimedOut, BusClosed."""

    def try_take(self) -> Any:
        """The message that has waited longest, None where there is none; BusClosed."""

    def take_delivery(self) -> tuple[Any, Any, Asker | None]:
        """The receiver, the message, and who asked, None for one that is no request; BusClosed."""

    def put(self, message: Any, /) -> bool:
        """Add a message of this process; False where there is no room and none may be lost."""

    def has_room(self) -> bool:
        """Whether one more message would be kept."""

    def wait_for_room(self) -> None:
        """Return when there is room, or when the inbox was closed."""

    def put_from(self, service: Service, message: Any, /) -> bool:
        """Add a message that a service of this process publishes; False as with put."""

    def has_room_from(self, service: Service, /) -> bool:
        """Whether one more message of the service would be kept."""

    def wait_for_room_from(self, service: Service, /) -> None:
        """Return when there is room for one of the service, or when the inbox was closed."""

    def expect(self, service: Service, /) -> None:
        """A service of this process may publish what comes in here."""

    def leave(self, service: Service, /) -> None:
        """A service of this process publishes nothing more."""

    @property
    def due(self) -> float | None:
        """Seconds after which to look again at what is held back, None where nothing is."""

    @property
    def latencies(self) -> list[tuple[int, int]] | None:
        """Nanoseconds on the way and how often, which rise; None where not measured."""

    def watch(self) -> int:
        """A file descriptor that is readable when something came after arm."""

    def arm(self) -> bool:
        """Let the descriptor tell of what comes next; False where something is there already."""

    def close(self) -> None:
        """Take in nothing more, and wake everybody who waits."""

    @property
    def received(self) -> int:
        """How many messages were taken out."""

    @property
    def lost(self) -> dict[str, int]:
        """How many messages were lost, by reason."""

    def __len__(self) -> int:
        """How many messages wait."""

    def __iter__(self) -> Iterator[Any]:
        """Messages until the inbox is closed and empty."""
