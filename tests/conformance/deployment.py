"""Where the programs of a case run: one topology for each transport, in a folder of its own."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

SERVICES = {"a": ("a1", "a2"), "b": ("b1", "b2")}
"""The services of the programs. A case speaks of them."""

NODE_OF_ALL = "both"
"""The one node of both programs: over `local`, where they are one program, and over `ffi`, where they are host and guest."""


@contextmanager
def deployed(transport: str, route: str) -> Iterator[Path]:
    """A topology file. Its folder is short, since the paths of sockets are, and goes away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mycelium-"))
    shared = Path(tempfile.mkdtemp(prefix="mycelium-", dir="/dev/shm")) if transport == "shm" else folder
    try:
        file = folder / "topology.toml"
        file.write_text("\n".join(_lines(transport, route, folder, shared)) + "\n")
        yield file
    finally:
        for each in {folder, shared}:
            shutil.rmtree(each)


def node_of(transport: str, program: str) -> str:
    """What a program goes by: the node it runs as, or where several run in one node the part it plays."""
    return NODE_OF_ALL if transport == "local" else program


def _lines(transport: str, route: str, folder: Path, shared: Path) -> Iterator[str]:
    yield f'socket_dir = "{folder}"'
    if transport in ("local", "ffi"):
        yield from _node(NODE_OF_ALL, [service for services in SERVICES.values() for service in services])
    else:
        authority = trustme.CA() if transport == "tls" else None
        yield from _node("a", SERVICES["a"])
        if authority is not None:
            yield _certificate(authority, folder, "a")
        yield from _node("b", SERVICES["b"])
        if transport in ("tcp", "tls"):
            yield 'endpoint.kind = "tcp"'
            yield f"port = {free_port()}"
        if authority is not None:
            yield _certificate(authority, folder, "b")
        if transport == "shm":
            yield 'endpoint.kind = "shm"'
            yield f'endpoint.path = "{shared}/b"'
    if route:
        yield from _routes(route)


def _node(name: str, services: tuple[str, ...] | list[str]) -> Iterator[str]:
    yield "[[nodes]]"
    yield f'name = "{name}"'
    yield f"services = {list(services)}".replace("'", '"')


def _routes(settings: str) -> Iterator[str]:
    for source in SERVICES["a"]:
        for target in SERVICES["b"]:
            yield "[[routes]]"
            yield f'from = "{source}"'
            yield f'to = "{target}"'
            yield from settings.split(", ")


def free_port() -> int:
    """A port that nobody has, which the kernel gives to whoever asks next only after many others."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _certificate(authority: trustme.CA, folder: Path, node: str) -> str:
    """What a node shows, signed by the authority it trusts."""
    authority.cert_pem.write_to_path(folder / "ca.pem")
    leaf = authority.issue_cert(node, "localhost")
    key = folder / f"{node}.key"
    key.touch(mode=0o600)
    leaf.private_key_pem.write_to_path(key)
    for pem in leaf.cert_chain_pems:
        pem.write_to_path(folder / f"{node}.pem", append=True)
    return f'tls = {{ cert = "{node}.pem", key = "{node}.key", ca = "ca.pem" }}'
