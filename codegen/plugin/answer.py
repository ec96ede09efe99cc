"""The one JSON document a plugin writes -> files, or what it has against the schema. Strict: a mistake is a refusal."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mycelium.codegen.plugin.form import PLUGIN_FORM
from mycelium.codegen.plugin.paths import PathTaker
from mycelium.codegen.target import RenderedFile
from mycelium.idl.descriptor.document import DescriptorError, Node

MAXIMUM_SHOWN = 300
"""Characters of a complaint about an answer."""


class AnswerError(Exception):
    """This is no answer; one line says why, and what to do."""


@dataclass(frozen=True, slots=True)
class PluginError:
    """What a plugin has against a schema, and the full name of the element it is about, or ""."""

    message: str
    element: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Files, or at least one error and no files."""

    files: tuple[RenderedFile, ...] = ()
    errors: tuple[PluginError, ...] = ()


def read_answer(answer: bytes) -> Answer:
    """Raises :class:`AnswerError`."""
    if not answer.strip():
        raise AnswerError("it wrote no answer; one JSON document is expected on standard output")
    try:
        document = json.loads(answer.decode(), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise AnswerError(
            f"its answer is not UTF-8: byte {error.start}; JSON is UTF-8, and has escapes for what is not"
        ) from error
    except (ValueError, RecursionError) as error:
        raise AnswerError(
            f"its answer is not JSON: {_shown(str(error))}; standard output is for the answer alone, remarks go to "
            "standard error"
        ) from error
    try:
        return _answer(Node(document))
    except DescriptorError as error:
        raise AnswerError(f"its answer is wrong at {_shown(str(error))}") from error


def _shown(text: str) -> str:
    """What may go to a terminal of a text that quotes the answer: short, on one line, no control characters."""
    printable = "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:MAXIMUM_SHOWN]
    )
    return printable if len(text) <= MAXIMUM_SHOWN else f"{printable}..."


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"`{name}` is there twice")
        members[name] = value
    return members


def _answer(node: Node) -> Answer:
    version = node.any_members().get("plugin")
    if version is None:
        node.refuse(f'`plugin` is missing: an answer says "plugin": "{PLUGIN_FORM}", as its request did')
    if version.text() != PLUGIN_FORM:
        version.refuse(
            f"this version speaks `{PLUGIN_FORM}`, not `{version.value}`; use a plugin made for it"
        )
    members = node.members(["plugin"], ["files", "errors"])
    if ("files" in members) is ("errors" in members):
        node.refuse("an answer has either `files` or `errors`")
    if "files" in members:
        paths = PathTaker()
        return Answer(files=tuple(_file(each, paths) for each in members["files"].items()))
    errors = members["errors"].items()
    if not errors:
        members["errors"].refuse("`errors` is empty; a plugin without complaints answers with `files`")
    return Answer(errors=tuple(_error(each) for each in errors))


def _file(node: Node, paths: PathTaker) -> RenderedFile:
    members = node.members(["path", "text"])
    try:
        path = paths.take(_text(members["path"]))
    except ValueError as error:
        members["path"].refuse(str(error))
    return RenderedFile(path, _text(members["text"]))


def _error(node: Node) -> PluginError:
    members = node.members(["message"], ["element"])
    message = " ".join(_text(members["message"]).split())
    if not message:
        members["message"].refuse("a message says what is wrong")
    return PluginError(message, _text(members["element"]) if "element" in members else "")


def _text(node: Node) -> str:
    """A string that UTF-8 can hold: JSON can spell halves of characters."""
    text = node.text()
    try:
        text.encode()
    except UnicodeEncodeError:
        node.refuse("half of a surrogate pair, which is no character")
    return text
