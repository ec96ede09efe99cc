"""``mycelium``: the tools for what runs. (``mycelium-gen`` compiles schemas.)"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from mycelium.topology import command as topology


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(prog="mycelium", description="Tools for services that meet on a bus.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    topology.add_commands(commands.add_parser("topology", help="check and explain a topology.toml"))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 fine, 1 problems found, 2 wrong usage."""
    parsed = build_parser().parse_args(arguments)
    code: int = parsed.run(parsed)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
