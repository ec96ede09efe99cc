"""What may be said to ``mycelium-gen``: its commands and their options."""

from __future__ import annotations

import argparse
import sys
from importlib import metadata
from pathlib import Path
from typing import NoReturn

from mycelium.codegen.commands.console import WRONG_USAGE

LANGUAGES = ("python", "rust", "ocaml")
DIAGNOSTIC_FORMATS = ("text", "json", "github", "sarif")
COMPATIBILITY_MODES = (
    "backward",
    "forward",
    "full",
    "backward-transitive",
    "forward-transitive",
    "full-transitive",
)
SHELLS = ("bash", "zsh", "tcsh")
LONGEST_TIMEOUT_SECONDS = 86_400.0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see {self.prog} --help)", file=sys.stderr)
        sys.exit(WRONG_USAGE)


def command_line() -> tuple[argparse.ArgumentParser, frozenset[str]]:
    """The parser and the names of its commands."""
    version = metadata.version("mycelium-bus")
    parser = _Parser(
        prog="mycelium-gen",
        description="Compile .myc schemas to typed codecs for Python, Rust and OCaml, and look after them.",
        epilog="mycelium-gen SCHEMAS is short for mycelium-gen generate SCHEMAS.",
    )
    parser.add_argument("--version", action="version", version=f"mycelium-gen {version}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, summary: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary)
        command.add_argument("-q", "--quiet", action="store_true", help="print results and errors only")
        return command

    _add_generate(add("generate", "compile schemas and write codecs (the default command)"))
    _add_format(add("fmt", "give schema files their one layout"))
    _add_lint(add("lint", "check names and habits that are not errors"))
    explain = add("explain", "explain a diagnostic code: its cause and its cure")
    explain.add_argument("code", metavar="CODE", nargs="?", help="such as MYC0101; all codes when left out")
    _add_conversion(add("encode", "read JSON values, one a line, and print their bytes in hex"))
    _add_conversion(add("decode", "read bytes in hex, one value a line, and print JSON"))
    _add_inspect(add("inspect", "annotate the bytes of a body or a frame field by field"))
    _add_digest(add("digest", "print the digests of messages and of the whole set"))
    _add_check(add("check", "compare schemas with their history, or with another version"))
    _add_lock(add("lock", "record a release in the lock beside the schemas"))
    _add_descriptor(add("descriptor", "print the resolved schema as JSON, for other tools"))
    completion = add("completion", "print a completion script for a shell")
    completion.add_argument("shell", choices=SHELLS)
    return parser, frozenset(commands.choices)


def _add_schemas(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "schemas", metavar="SCHEMAS", nargs="+", type=_path, help="a folder of .myc files, or some files"
    )
    command.add_argument(
        "--root",
        type=_path,
        metavar="DIR",
        help="the folder imports are relative to (default: the folder given)",
    )
    command.add_argument(
        "--format",
        choices=DIAGNOSTIC_FORMATS,
        default="text",
        help="how to print diagnostics (default: text)",
    )


def _add_generate(command: argparse.ArgumentParser) -> None:
    _add_schemas(command)
    command.add_argument(
        "-o",
        "--out",
        type=_path,
        default=Path("generated"),
        metavar="DIR",
        help="where to write (default: generated)",
    )
    command.add_argument(
        "-l",
        "--lang",
        action="append",
        metavar="LIST",
        help=f"languages or paths of plugins, separated by commas (default: {','.join(LANGUAGES)})",
    )
    command.add_argument(
        "--option", action="append", metavar="KEY=VALUE", help="what the plugins are to know; may be repeated"
    )
    command.add_argument(
        "--plugin-timeout", type=_seconds, metavar="SECONDS", help="how long a plugin may take (default: 60)"
    )
    command.add_argument(
        "--check", action="store_true", help="write nothing; fail, naming files, when output is stale"
    )
    command.add_argument(
        "--watch", action="store_true", help="go on, and generate again whenever a schema changes"
    )
    command.add_argument(
        "--rust-runtime", metavar="PATH", help="path of the mycelium crate to put in the generated Cargo.toml"
    )
    command.add_argument(
        "--runtime",
        type=_path,
        metavar="DIR",
        help="generate the packages mycelium.* into this runtime folder",
    )


def _add_format(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "paths", metavar="PATH", nargs="+", type=_path, help="schema files, or folders of them"
    )
    command.add_argument(
        "--check", action="store_true", help="write nothing; fail, naming files, when one would change"
    )


def _add_lint(command: argparse.ArgumentParser) -> None:
    _add_schemas(command)


def _add_conversion(command: argparse.ArgumentParser) -> None:
    _add_schemas(command)
    command.add_argument("-m", "--message", required=True, metavar="NAME", help="message of each line")
    command.add_argument(
        "-i", "--input", type=_path, metavar="FILE", help="read lines from here (default: standard input)"
    )


def _add_inspect(command: argparse.ArgumentParser) -> None:
    _add_schemas(command)
    command.add_argument(
        "-m", "--message", metavar="NAME", help="the input is a body of this message, not a frame"
    )
    command.add_argument("--hex", metavar="HEX", help="the bytes themselves, in hex")
    command.add_argument("--reveal", action="store_true", help="show values the schema calls sensitive")
    command.add_argument(
        "-i",
        "--input",
        type=_path,
        metavar="FILE",
        help="a file of raw bytes (default: hex on standard input)",
    )


def _add_digest(command: argparse.ArgumentParser) -> None:
    _add_schemas(command)
    command.add_argument("--json", action="store_true", help="print all 32 bytes of every digest, as JSON")
    command.add_argument("--canonical", action="store_true", help="print the text each digest is made of")


def _add_mode(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--mode",
        choices=COMPATIBILITY_MODES,
        default=COMPATIBILITY_MODES[-1],
        help=f"who must read whom (default: {COMPATIBILITY_MODES[-1]})",
    )


def _add_check(command: argparse.ArgumentParser) -> None:
    _add_schemas(command)
    _add_mode(command)
    command.add_argument(
        "--against",
        default="lock",
        metavar="VERSION",
        help="lock, a folder of schemas, git:REF, or a descriptor file (default: lock)",
    )
    command.add_argument(
        "--witness",
        action="store_true",
        help="prove each break: bytes that one version writes and the other refuses or misreads",
    )


def _add_lock(command: argparse.ArgumentParser) -> None:
    _add_schemas(command)
    _add_mode(command)
    command.add_argument("--label", metavar="TEXT", help="what to call the release (default: its number)")
    command.add_argument(
        "--accept",
        nargs=2,
        metavar=("RULE", "ELEMENT"),
        help="record no release, but accept this break of this element",
    )
    command.add_argument("--reason", metavar="TEXT", help="why it is accepted")
    command.add_argument("--author", metavar="NAME", help="who accepts it")
    command.add_argument("--expires", metavar="DATE", help="the last day it holds, as in 2030-01-31")


def _add_descriptor(command: argparse.ArgumentParser) -> None:
    _add_schemas(command)
    command.add_argument(
        "-o", "--out", type=_path, metavar="FILE", help="where to write (default: standard output)"
    )


def _path(text: str) -> Path:
    """A path; an empty one, which a script's unset variable gives, is no name for the working folder."""
    if not text:
        raise argparse.ArgumentTypeError("an empty path")
    return Path(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return seconds
