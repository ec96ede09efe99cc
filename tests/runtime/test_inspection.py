"""Annotations cover every byte once, in order, up to the end or the offence."""

from __future__ import annotations

from collections.abc import Mapping

from conformance_vectors import vectors

from mycelium.inspection import annotate_body, annotate_frame, format_annotations
from mycelium.message import Message

Messages = Mapping[str, type[Message]]


def test_every_byte_of_every_vector_is_explained(generated: Messages) -> None:
    for vector in vectors("conformance.jsonl"):
        if "repeat" in vector:
            continue
        body = bytes.fromhex(vector["bytes"])
        inspection = annotate_body(generated[vector["message"]], body)
        assert (inspection.error.code if inspection.error else None) == vector.get("error")
        position = 0
        for each in inspection.annotations:
            assert each.offset == position
            position += each.length
            assert each.bytes == body[each.offset : position]
        if inspection.error is None:
            assert position == len(body)
        else:
            assert position <= len(body)


def test_how_a_body_reads(generated: Messages) -> None:
    body = bytes.fromhex("0e0436021600160bfb4d0008094e3cc7953e601e0208ff")
    assert format_annotations(annotate_body(generated["Events"], body)).splitlines() == [
        " 0  0e                       Events                 header: tag 1, kind 6",
        " 1  04                       Events.event           length: 4",
        " 2  36                       Events.event           header: tag 6, kind 6",
        " 3  02                       Events.event(more)     length: 2",
        " 4  16                       Events.event(more)     header: tag 2, kind 6",
        " 5  00                       Events.event(more)(b)  length: 0",
        " 6                           Events.event(more)(b)  0 bytes",
        " 6  16                       Events                 header: tag 2, kind 6",
        " 7  0b                       Events.maybe           length: 11",
        " 8  fb 4d 00                 Events.maybe           header: tag 77, kind 3",
        "11  08 09 4e 3c c7 95 3e 60  Events.maybe           8 bytes of a field or variant not known here",
        "19  1e                       Events                 header: tag 3, kind 6",
        "20  02                       Events.inner           length: 2",
        "21  08                       Events.inner           header: tag 1, kind 0",
        "22  ff                       Events.inner(a)        255",
    ]


def test_a_broken_body_reads_up_to_the_offence(generated: Messages) -> None:
    text = format_annotations(annotate_body(generated["Leaf"], bytes.fromhex("0e0161ff0000")))
    assert text.splitlines()[-1] == (
        "error NON_CANONICAL at Leaf (offset 3): a tag below 31 in its long form"
    )


def test_frames_read_header_envelope_and_body(generated: Messages) -> None:
    known = {message.TYPE_ID: message for message in generated.values() if message.TYPE_ID is not None}
    for vector in vectors("frames.jsonl"):
        inspection = annotate_frame(known, bytes.fromhex(vector["frame"]))
        assert (inspection.error.code if inspection.error else None) == vector.get("error")
        if inspection.error is None:
            assert sum(each.length for each in inspection.annotations) == len(vector["frame"]) // 2
            assert inspection.annotations[0].text == f"{vector['type']}, {known[vector['type']].NAME}"
