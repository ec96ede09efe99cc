"""The Python program as guest: what a Rust program runs in an interpreter of its own.

Run as ``guest.py TABLE INPUT OUTPUT [FILE]``: the address of the node table of the program, the descriptors through which this is
asked and answers, and the generated module of the other version. ``join`` joins the node, and ``exit`` leaves it; both are
answered, and may come again.
"""

from __future__ import annotations

import ctypes
import sys

from peer import converse, say

from mycelium.bus import Node


def capsule_of(table: int) -> object:
    """What a program that is linked to the interpreter would make by itself."""
    make = ctypes.pythonapi.PyCapsule_New
    make.restype = ctypes.py_object
    make.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    capsule: object = make(table, NAME, None)
    return capsule


NAME = b"mycelium.node_table.v1"
"""The capsule's; it keeps the pointer, so this lives as long."""


def main(table: str, source: str, target: str, other: str = "") -> None:
    capsule = capsule_of(int(table))
    with open(int(source)) as lines, open(int(target), "w") as output:
        for line in iter(lines.readline, ""):
            if line.strip() != "join":
                say(output, f"error usage not joined: {line}")
            elif converse(lambda: Node.join(capsule), other, iter(lines.readline, ""), output):
                say(output, "ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
