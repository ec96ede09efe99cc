"""What goes to the log ``mycelium.bus``: the first of its kind, the second, the fourth, the eighth and so on."""

from __future__ import annotations

from mycelium.message import Message


def is_due(count: int) -> bool:
    """Whether this one of many is reported: what always fails cannot flood the log."""
    return count & (count - 1) == 0


def undecodable(message_class: type[Message], error: Exception, count: int) -> None:
    """Bytes came that are no message, though both sides agree on its version."""
    if is_due(count):
        import logging  # takes longer to import than all of the bus

        logging.getLogger("mycelium.bus").error(
            "bytes that are no %s came, and were dropped (%d so far): %s", message_class.NAME, count, error
        )


def odd_node(sentence: str) -> None:
    """Something is odd about a node that runs all the same."""
    import logging

    logging.getLogger("mycelium.bus").warning("%s", sentence)


def callback_failed(name: str, message_class: type[Message], error: Exception, count: int) -> None:
    """A callback raised."""
    if is_due(count):
        import logging

        logging.getLogger("mycelium.bus").error(
            "%s raised on a %s (%d so far)", name, message_class.NAME, count, exc_info=error
        )
