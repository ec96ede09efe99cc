"""What the lock knows of each message: true against comparisons of random histories, and bounded."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from changes import changed_schemas

from mycelium import versions as runtime
from mycelium.idl.compatibility import Verdict, compare
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.digest import message_digests
from mycelium.idl.lock import Direction, Lock, MessageHistory, message_histories, record
from mycelium.idl.schema import Schema
from mycelium.versions import Compatibility, PeerVersion

WORLD = Path(__file__).with_name("world.myc")


def compiled(text: str) -> Schema:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "schema.myc").write_text(text)
        compilation = compile_schemas(Path(folder))
    assert compilation.schema is not None, compilation.diagnostics
    return compilation.schema


SCHEMA = compiled(WORLD.read_text())
CHANGES = [changed for _, changed in changed_schemas(SCHEMA)]


def history_at_run_time(history: MessageHistory) -> runtime.VersionHistory:
    """As generated code would hold it."""
    known = tuple(
        runtime.KnownVersion(
            each.version,
            each.wire_digest,
            runtime.Direction(each.direction.value),
            "; ".join(each.differences),
        )
        for each in history.known
    )
    return runtime.VersionHistory(history.version, history.same, known)


def agrees(verdict: Verdict, flow: runtime.Direction) -> bool:
    return (verdict.new_reads_old or not flow & runtime.Direction.READS) and (
        verdict.old_reads_new or not flow & runtime.Direction.IS_READ_BY
    )


@pytest.mark.parametrize("seed", range(24))
def test_verdicts_are_those_of_the_comparison(seed: int) -> None:
    """Four releases and working schemas, each a change of one base, so that they are two changes apart."""
    chance = random.Random(seed)
    *released, present = chance.sample(CHANGES, 5)
    lock = Lock()
    for number, schema in enumerate(released):
        lock = record(lock, schema, str(number))
    histories = message_histories(lock, present)
    now = message_digests(present)
    found = set()
    for schema in released:
        verdicts = compare(schema, present).verdicts
        then = message_digests(schema)
        for name in verdicts.keys() & now.keys():
            history = history_at_run_time(histories[name])
            for flow in list(runtime.Direction)[1:]:
                peer = PeerVersion(then[name].wire_u64)
                verdict = runtime.version_verdict(name, now[name].wire_u64, history, peer, flow)
                if then[name].wire == now[name].wire:
                    expected = Compatibility.EXACT
                elif agrees(verdicts[name], flow):
                    expected = Compatibility.COMPATIBLE
                else:
                    expected = Compatibility.INCOMPATIBLE
                assert verdict.compatibility is expected, verdict.message
                assert ("no history" in verdict.message) is False
                found.add(expected)
    assert len(found) >= 2


def test_a_release_is_known_as_what_it_was() -> None:
    histories = message_histories(record(Lock(), SCHEMA, "1"), SCHEMA)
    assert set(histories) == {message.qualified_name for message in SCHEMA.messages()}
    assert set(histories.values()) == {MessageHistory("1.0", "1.0", ())}


def test_without_a_lock_nothing_is_known() -> None:
    assert set(message_histories(Lock(), SCHEMA).values()) == {MessageHistory()}


def order(body: str, name: str = "Order", type_id: str = " = 1000") -> Schema:
    return compiled(f"package shop; message {name}{type_id} {{ {body} }}")


def history_of(present: Schema, *released: Schema, name: str = "shop.Order") -> MessageHistory:
    lock = Lock()
    for number, schema in enumerate(released):
        lock = record(lock, schema, str(number))
    return message_histories(lock, present)[name]


def test_versions_that_differ_in_names_alone_are_one_on_the_wire() -> None:
    present = order("1 cost: u8;")
    history = history_of(present, order("1 price: u8;"), present, order("1 sum: u8;"))
    assert history == MessageHistory("1.1", "1.0, 1.1 or 1.2")
    many = [order(f"1 name_{number}: u8;") for number in range(6)]
    assert history_of(many[0], *many).same == "1.2, 1.3, 1.4, 1.5 or older"


def test_another_name_keeps_the_history() -> None:
    history = history_of(
        order("1 price: u8;  2 size: u8?;", "Purchase"), order("1 price: u8;"), name="shop.Purchase"
    )
    assert history.version == "unreleased"
    assert [(each.version, each.direction) for each in history.known] == [
        ("1.0 of shop.Order", Direction.BOTH)
    ]


def test_a_type_id_that_changed_hands_reads_nothing() -> None:
    moved = compiled(
        "package shop; message Order = 1001 { 1 price: u8; } message Purchase = 1000 { 1 price: u8; 2 size: u8?; }"
    )
    for name in ("shop.Order", "shop.Purchase"):
        (known,) = history_of(moved, order("1 price: u8;"), name=name).known
        assert known.direction is Direction.NEITHER
        assert "type id" in known.differences[0]


def test_a_message_inside_others_is_followed_by_name() -> None:
    (known,) = history_of(
        order("1 price: u8; 2 size: u8;", type_id=""), order("1 price: u8;", type_id="")
    ).known
    assert known.direction is Direction.IS_READ_BY


def test_differences_are_bounded_and_breaks_come_first() -> None:
    fields = " ".join(f"{tag} field_{tag}: u8?;" for tag in range(2, 30))
    (known,) = history_of(order(f"1 price: u16; {fields}"), order("1 price: u8;")).known
    assert len(known.differences) == 9
    assert "price" in known.differences[0]
    assert known.differences[-1] == "and 21 more"
    (long,) = history_of(order(f"1 {'x' * 300}: u16;"), order(f"1 {'x' * 300}: u8;")).known
    assert [len(each) for each in long.differences] == [160]


def test_differences_of_what_a_message_holds_are_its_own_alone() -> None:
    text = "package shop; message Order = 1000 {{ 1 line: Line; }} message Line {{ 1 a: {line}; }} message Other {{ 1 b: {other}; }}"
    released, present = compiled(text.format(line="u8", other="u8")), compiled(
        text.format(line="u16", other="u16")
    )
    (known,) = history_of(present, released).known
    assert known.direction is Direction.NEITHER
    assert len(known.differences) == 1 and "shop.Line.a" in known.differences[0]


def test_only_the_newest_of_very_many_versions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mycelium.idl.lock.known_versions.MAXIMUM_KNOWN_VERSIONS", 3)
    released = [
        order("1 price: u8; " + " ".join(f"{tag} f{tag}: u8?;" for tag in range(2, end)))
        for end in range(2, 8)
    ]
    known = history_of(released[-1], *released).known
    assert [each.version for each in known] == ["1.4", "1.3", "1.2"]
