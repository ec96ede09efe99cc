"""The Python program as host: a Rust library in the same process runs the other services.

Run as ``host.py TOPOLOGY NODE GUESTS INPUT OUTPUT OTHER LIBRARY VERSION``: the services that are the guest's, with commas; the
descriptors through which the guest is asked and answers; the generated module of the other version, or ``""``; the library, and
the version it speaks, ``current`` or ``other``.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from threading import Thread

from peer import converse

from mycelium.bus import Node


def attend(library: ctypes.CDLL, capsule: object, source: int, target: int, version: str) -> Thread:
    """A thread in which the library joins and answers, until the end of its input."""
    address = ctypes.pythonapi.PyCapsule_GetPointer
    address.restype = ctypes.c_void_p
    address.argtypes = [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.c_void_p(address(capsule, b"mycelium.node_table.v1"))
    thread = Thread(target=library.conformance_guest, args=(table, source, target, version == "other"))
    thread.start()
    return thread


def main(
    topology: str, name: str, guests: str, source: str, target: str, other: str, file: str, version: str
) -> int:
    threads: list[Thread] = []
    capsules: list[object] = []  # a guest may join at any time

    def open_node() -> Node:
        node = Node.from_topology(Path(topology), name, guests=guests.split(","))
        capsules.append(node.offer())
        threads.append(attend(ctypes.CDLL(file), capsules[0], int(source), int(target), version))
        return node

    is_opened = converse(open_node, other, sys.stdin, sys.stdout)
    for thread in threads:
        thread.join()
    return 0 if is_opened else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
