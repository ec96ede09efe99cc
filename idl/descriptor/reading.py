"""Descriptor -> resolved schema, or one clear refusal."""

from __future__ import annotations

import re

from mycelium.idl.descriptor.consistency import check_schema
from mycelium.idl.descriptor.document import Node
from mycelium.idl.descriptor.form import DESCRIPTOR_FORM
from mycelium.idl.descriptor.types import read_literal, read_type
from mycelium.idl.schema import (
    Annotations,
    BlockField,
    Constant,
    Declaration,
    EnumDeclaration,
    EnumMember,
    MessageDeclaration,
    Package,
    Presence,
    Reserved,
    Schema,
    StructDeclaration,
    StructField,
    TaggedField,
    UnionDeclaration,
    UnionVariant,
)

MAXIMUM_TAG = 65_535
_REMARKS = ("doc", "deprecated", "sensitive")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def from_descriptor(document: object) -> Schema:
    """The schema a descriptor describes; ``document`` is what ``json.loads`` gives.

    Raises :class:`DescriptorError`, which says where and why, for whatever is not the descriptor of a valid schema.
    """
    root = Node(document)
    form = root.any_members().get("descriptor")
    if form is None:
        root.refuse("`descriptor` is missing: this is no descriptor")
    if form.text() != DESCRIPTOR_FORM:
        form.refuse(f"this version reads `{DESCRIPTOR_FORM}`, not `{form.value}`")
    packages = root.members(["descriptor", "packages"])["packages"]
    schema = Schema(tuple(_package(package) for package in packages.items()))
    check_schema(schema)
    return schema


def _package(node: Node) -> Package:
    members = node.members(["name", "imports", "constants", "declarations"], ["doc", "reserved"])
    name = members["name"].text()
    if not is_package_name(name):
        members["name"].refuse("not the name of a package")
    return Package(
        name=name,
        doc=members["doc"].text() if "doc" in members else "",
        imports=tuple(each.text() for each in members["imports"].items()),
        constants=tuple(read_constant(each, name) for each in members["constants"].items()),
        declarations=tuple(read_declaration(each, name) for each in members["declarations"].items()),
        reserved=read_reserved(members),
    )


def is_package_name(name: str) -> bool:
    """Whether it is names with points between."""
    return all(_NAME.fullmatch(part) for part in name.split("."))


def read_constant(node: Node, package: str) -> Constant:
    """A constant of that package."""
    members = node.members(["name", "type", "value"], _REMARKS)
    type_ = read_type(members["type"])
    value = read_literal(members["value"], type_)
    return Constant(package, _name(members), type_, value, _doc(members), _annotations(members))


def read_declaration(node: Node, package: str) -> Declaration:
    """A declaration of that package; that what it refers to exists is checked by ``check_schema``."""
    kind = node.any_members().get("kind")
    if kind is None:
        node.refuse("`kind` is missing")
    match kind.text():
        case "enum":
            return _enum(node, package)
        case "struct":
            return _struct(node, package)
        case "union":
            return _union(node, package)
        case "message":
            return _message(node, package)
    kind.refuse(f"no declaration is called `{kind.value}`")


def _enum(node: Node, package: str) -> EnumDeclaration:
    members = node.members(["kind", "name", "bits", "closed", "members"], ["reserved", *_REMARKS])
    bits = members["bits"].whole(8, 64)
    if bits not in (8, 16, 32, 64):
        members["bits"].refuse("8, 16, 32 or 64 is expected")
    return EnumDeclaration(
        package=package,
        name=_name(members),
        bits=bits,
        closed=members["closed"].truth(),
        members=tuple(_member(each, bits) for each in members["members"].items()),
        reserved=read_reserved(members),
        doc=_doc(members),
        annotations=_annotations(members),
    )


def _member(node: Node, bits: int) -> EnumMember:
    members = node.members(["name", "number"], _REMARKS)
    number = members["number"].whole(0, (1 << bits) - 1)
    return EnumMember(_name(members), number, _doc(members), _annotations(members))


def _struct(node: Node, package: str) -> StructDeclaration:
    members = node.members(["kind", "name", "size", "fields"], _REMARKS)
    return StructDeclaration(
        package=package,
        name=_name(members),
        fields=tuple(_struct_field(each) for each in members["fields"].items()),
        size=members["size"].whole(),
        doc=_doc(members),
        annotations=_annotations(members),
    )


def _struct_field(node: Node) -> StructField:
    members = node.members(["name", "type", "offset"], _REMARKS)
    offset, type_ = members["offset"].whole(), read_type(members["type"])
    return StructField(_name(members), type_, offset, _doc(members), _annotations(members))


def _union(node: Node, package: str) -> UnionDeclaration:
    members = node.members(["kind", "name", "variants"], ["reserved", *_REMARKS])
    return UnionDeclaration(
        package=package,
        name=_name(members),
        variants=tuple(_variant(each) for each in members["variants"].items()),
        reserved=read_reserved(members),
        doc=_doc(members),
        annotations=_annotations(members),
    )


def _variant(node: Node) -> UnionVariant:
    members = node.members(["tag", "name", "type"], _REMARKS)
    tag, type_ = members["tag"].whole(1, MAXIMUM_TAG), read_type(members["type"])
    return UnionVariant(tag, _name(members), type_, _doc(members), _annotations(members))


def _message(node: Node, package: str) -> MessageDeclaration:
    members = node.members(["kind", "name", "block", "fields"], ["type_id", "topic", "reserved", *_REMARKS])
    return MessageDeclaration(
        package=package,
        name=_name(members),
        type_id=members["type_id"].whole(1, MAXIMUM_TAG) if "type_id" in members else None,
        topic=members["topic"].text() if "topic" in members else None,
        block=tuple(_block_field(each) for each in members["block"].items()),
        tagged=tuple(_tagged_field(each) for each in members["fields"].items()),
        reserved=read_reserved(members),
        doc=_doc(members),
        annotations=_annotations(members),
    )


def _block_field(node: Node) -> BlockField:
    members = node.members(["name", "type", "offset"], ["default", *_REMARKS])
    type_ = read_type(members["type"])
    return BlockField(
        name=_name(members),
        type=type_,
        offset=members["offset"].whole(),
        default=read_literal(members["default"], type_) if "default" in members else None,
        doc=_doc(members),
        annotations=_annotations(members),
    )


def _tagged_field(node: Node) -> TaggedField:
    members = node.members(["tag", "name", "type", "presence"], ["default", *_REMARKS])
    type_ = read_type(members["type"])
    written = members["presence"].text()
    if written not in {each.value for each in Presence}:
        members["presence"].refuse(f"one of {', '.join(each.value for each in Presence)} is expected")
    presence = Presence(written)
    if (presence is Presence.DEFAULTED) is not ("default" in members):
        node.refuse("`default` stands exactly where the presence is `defaulted`")
    return TaggedField(
        tag=members["tag"].whole(1, MAXIMUM_TAG),
        name=_name(members),
        type=type_,
        presence=presence,
        default=read_literal(members["default"], type_) if "default" in members else None,
        doc=_doc(members),
        annotations=_annotations(members),
    )


def _name(members: dict[str, Node]) -> str:
    name = members["name"].text()
    return name if _NAME.fullmatch(name) else members["name"].refuse("not a name")


def read_reserved(members: dict[str, Node]) -> Reserved:
    """What the member ``reserved`` says; nothing where there is none."""
    if "reserved" not in members:
        return Reserved()
    inside = members["reserved"].members(["numbers", "names"])
    ranges: list[tuple[int, int]] = []
    for each in inside["numbers"].items():
        ends = [end.whole(0) for end in each.items()]
        if len(ends) != 2 or ends[0] > ends[1] or (ranges and ends[0] <= ranges[-1][1] + 1):
            each.refuse("ranges are pairs of a first and a last number, ascending and apart")
        ranges.append((ends[0], ends[1]))
    names = tuple(each.text() for each in inside["names"].items())
    if list(names) != sorted(set(names)):
        inside["names"].refuse("names are sorted, each once")
    return Reserved(tuple(ranges), names)


def _doc(members: dict[str, Node]) -> str:
    return members["doc"].text() if "doc" in members else ""


def _annotations(members: dict[str, Node]) -> Annotations:
    return Annotations(
        deprecated=members["deprecated"].text() if "deprecated" in members else None,
        sensitive="sensitive" in members and members["sensitive"].truth(),
    )
