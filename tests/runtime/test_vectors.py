"""The shared vectors, through generated and dynamic classes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from conformance_vectors import body_of, vectors

from mycelium import DecodeError, EncodeError, from_json, to_json
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.message import Message

Messages = Mapping[str, type[Message]]

ACCEPTED = [vector for vector in vectors("conformance.jsonl") if "error" not in vector]
REFUSED = [vector for vector in vectors("conformance.jsonl") if "error" in vector]


def leaves_out_a_default(vector: Mapping[str, Any], message: Message) -> bool:
    """Whether the bytes lack a defaulted field of a tree, so that writing it again adds to them.

    The vectors about depth do, without saying what is written instead.
    """
    return vector["message"] == "Tree" and body_of(vector).count(b"\x26\x00") < str(message).count("kids=()")


def test_what_is_accepted_is_read_and_written_back(messages: Messages) -> None:
    for vector in ACCEPTED:
        body = body_of(vector)
        message = messages[vector["message"]].decode(body)
        if "value" in vector:
            assert json.dumps(to_json(message)) == json.dumps(vector["value"]), vector
        if "reencoded" in vector:
            assert message.encode().hex() == vector["reencoded"], vector
        elif not leaves_out_a_default(vector, message):
            assert message.encode() == body, vector


def test_what_is_refused_has_its_code(messages: Messages) -> None:
    for vector in REFUSED:
        with pytest.raises(DecodeError) as caught:
            messages[vector["message"]].decode(body_of(vector))
        assert caught.value.code == vector["error"], vector
        assert caught.value.path.startswith(vector["message"])
        assert 0 <= caught.value.offset <= len(body_of(vector))


def test_every_kind_of_buffer_is_read_alike(generated: Messages) -> None:
    for vector in ACCEPTED[::7]:
        message, body = generated[vector["message"]], body_of(vector)
        expected = repr(message.decode(body))
        for buffer in (bytearray(body), memoryview(body), memoryview(b"x" + body)[1:]):
            assert repr(message.decode(buffer)) == expected


def test_values_are_read_from_their_json_form(messages: Messages) -> None:
    for vector in ACCEPTED:
        if "value" in vector and "reencoded" not in vector:
            message = from_json(messages[vector["message"]], vector["value"])
            if not leaves_out_a_default(vector, message):
                assert message.encode() == body_of(vector), vector


def test_values_that_cannot_be_written_are_refused(messages: Messages) -> None:
    for vector in vectors("encode.jsonl"):
        with pytest.raises(EncodeError) as caught:
            from_json(messages[vector["message"]], vector["value"]).encode()
        assert caught.value.code == vector["error"], vector
        assert caught.value.path.startswith(f"{vector['message']}.{vector['field']}"), vector


def test_the_fast_path_takes_the_plain_case(generated: Messages) -> None:
    """It would be useless, and its agreement with the careful path no proof, if it gave up all the time."""
    taken = 0
    for vector in ACCEPTED:
        message, body = generated[vector["message"]], body_of(vector)
        try:
            value = message.__read__(body, 0, len(body), 1)
        except Exception:
            continue
        taken += 1
        assert repr(value) == repr(decode_carefully(message, body))
        if len(body) < 10_000 and "unknown" not in repr(value).lower():
            assert encode_carefully(value) == value.encode()
    assert taken > 0.8 * len(ACCEPTED)
