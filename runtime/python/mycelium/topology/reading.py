"""Text to topology: every mistake is found, and named with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from mycelium.topology.entries import Entry, Findings
from mycelium.topology.model import (
    DEFAULT_SOCKET_FOLDER,
    Endpoint,
    Node,
    RouteSettings,
    TlsFiles,
    Topology,
    node_number,
)
from mycelium.topology.positions import key_lines
from mycelium.topology.problems import Problem, TopologyError
from mycelium.topology.rules import find_contradictions

MAXIMUM_FILE_SIZE = 1 << 20
"""Bytes of a topology file; one that is larger is none."""

_NAME_RULE = "1 to 128 letters, digits, `.`, `_` or `-`, the first a letter or digit"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_MESSAGE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")

NODE_KEYS = ("name", "services", "id", "host", "port", "endpoint", "tls", "insecure")
ROUTE_KEYS = ("from", "to", "overflow", "capacity", "wait", "kind", "allow")


def load_topology(path: Path | str) -> Topology:
    """The topology in a file. Raises :class:`TopologyError`, also for a file that cannot be read."""
    try:
        data = Path(path).read_bytes()
        if len(data) > MAXIMUM_FILE_SIZE:
            raise TopologyError(str(path), [Problem(1, f"the file is larger than {MAXIMUM_FILE_SIZE} bytes")])
        text = data.decode()
    except OSError as error:
        raise TopologyError(str(path), [Problem(1, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TopologyError(str(path), [Problem(line, "this is not UTF-8")]) from error
    return read_topology(text, str(path))


def read_topology(text: str, name: str = "topology.toml") -> Topology:
    """The topology in a text; ``name`` stands for the file in errors. Raises :class:`TopologyError`."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TopologyError(name, [_syntax_problem(error)]) from error
    findings = Findings(key_lines(text))
    topology, repeated = _topology(Entry(document, (), findings), name)
    if not findings.problems:
        findings.problems += find_contradictions(topology)
    findings.problems += repeated
    if findings.problems:
        raise TopologyError(name, findings.problems)
    return topology


def _syntax_problem(error: Exception) -> Problem:
    place = re.search(r" \(at line (\d+), column \d+\)$", str(error))
    if place is None:
        return Problem(1, f"this is not TOML: {error}")
    return Problem(int(place.group(1)), f"this is not TOML: {str(error)[: place.start()]}")


def _topology(top: Entry, name: str) -> tuple[Topology, list[Problem]]:
    """The topology, and routes that are set twice: all that can be wrong with it and still be held against the rules."""
    top.refuse_unknown("a topology", ("socket_dir", "nodes", "routes"))
    folder = top.path("socket_dir")
    nodes = tuple(_node(entry) for entry in top.entries("nodes"))
    if not nodes:
        top.problem("no nodes", "add a [[nodes]] table with `name` and `services`")
    settings: dict[tuple[str, str], RouteSettings] = {}
    repeated: list[Problem] = []
    for entry in top.entries("routes"):
        ends, route = _route(entry)
        first = settings.setdefault(ends, route)
        if first is not route:
            message = f"the route from `{ends[0]}` to `{ends[1]}` is already set in line {first.line}"
            repeated.append(Problem(entry.line, message, "keep one of the two"))
    return Topology(name, nodes, settings, folder or DEFAULT_SOCKET_FOLDER), repeated


def _node(entry: Entry) -> Node:
    entry.refuse_unknown("a node", NODE_KEYS)
    name = entry.matching("name", _NAME, _NAME_RULE, required=True) or ""
    services = entry.matching_list("services", _NAME, _NAME_RULE, required=True) or ()
    port = entry.integer("port", 1, 65535)
    endpoint = _endpoint(entry)
    number = entry.integer("id", 1, 0xFFFF_FFFF)
    return Node(
        name=name,
        services=services,
        number=node_number(name) if number is None else number,
        line=entry.line,
        host=entry.text("host"),
        port=port,
        endpoint=endpoint,
        tls=_tls(entry),
        insecure=entry.boolean("insecure"),
    )


def _endpoint(node: Entry) -> Endpoint | None:
    entry = node.table("endpoint")
    if entry is None:
        return None
    entry.refuse_unknown("an endpoint", ("kind", "path"))
    kind = entry.choice("kind", ("shm", "unix", "tcp"), required=True)
    path = entry.path("path")
    if kind == "shm" and path is None and not entry.has("path"):
        entry.problem("an endpoint of kind `shm` needs a path", 'for instance path = "/dev/shm/mycelium/ml"')
    if kind == "tcp" and entry.has("path"):
        entry.problem("an endpoint of kind `tcp` has no path", "give the node `host` and `port`", "path")
    return Endpoint(kind or "shm", path)


def _tls(node: Entry) -> TlsFiles | None:
    entry = node.table("tls")
    if entry is None:
        return None
    entry.refuse_unknown("tls", ("cert", "key", "ca"))
    files: Mapping[str, Any] = {key: entry.path(key, required=True) for key in ("cert", "key", "ca")}
    return TlsFiles(**{key: path or PurePosixPath(".") for key, path in files.items()})


def _route(entry: Entry) -> tuple[tuple[str, str], RouteSettings]:
    entry.refuse_unknown("a route", ROUTE_KEYS)
    ends = (entry.text("from", required=True) or "", entry.text("to", required=True) or "")
    return ends, RouteSettings(
        line=entry.line,
        overflow=entry.choice("overflow", ("block", "error")),
        capacity=entry.integer("capacity", 1, 1 << 31),
        wait=entry.choice("wait", ("spin", "adaptive", "block")),
        kind=entry.choice("kind", ("local", "shm", "unix", "tcp")),
        allow=entry.matching_list("allow", _MESSAGE_NAME, "the name of a message, as in `Quote`"),
    )
