"""The bus benchmark: what is told of samples, and what the documents are made of. Nothing is timed here."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benches.bus import picture, report, results, tables, targets
from benches.bus.channel import Channel
from benches.bus.results import Measured, Results, Row, Table
from benches.bus.turns import Samples, Script, answer, measure, percentiles
from benches.machine import Machine

MACHINE = Machine("a processor", 2, "a system", None, 0.5)


def sample_results() -> Results:
    table = Table(
        "spinning",
        "Between processes, spinning",
        [
            Row("mycelium_shm", "Mycelium, shared memory", {"round_trip_64": [500.0, 900.0, 2000.0]}),
            Row("mycelium_unix", "Mycelium, unix socket", {"round_trip_64": [4400.0, 9000.0, 9900.0]}),
            Row("iceoryx2_slices", "iceoryx2", {"round_trip_64": [5000.0, 6000.0, 7000.0]}),
            Row("unix_sockets", "bare unix socket", {"round_trip_64": [4000.0, 5000.0, 6000.0]}),
        ],
    )
    return Results(
        MACHINE, Measured("python", "an interpreter", 5, {"iceoryx2": "1"}, [table, *others()], ["a note"])
    )


def others() -> list[Table]:
    """The tables of the other targets, which here have no rows."""
    return [Table(name, name, []) for name in ("callback", "sleeping", "typed")]


def test_percentiles_are_those_of_the_ordered_samples() -> None:
    assert percentiles(list(range(1000, 0, -1))) == [501.0, 991.0, 1000.0]


def test_both_ends_do_what_the_script_says() -> None:
    """The far end in the place of a wire: what is sent is there at once."""
    waiting: list[bytes] = []
    there: list[bytes] = []
    near = Channel(b"payload", there.append, lambda: waiting.pop(0), lambda: None)
    script = Script(warm_up=2, round_trips=3, one_way=4)
    waiting += [b"payload"] * 6
    samples = Samples()
    measure(near, script, samples)
    assert (len(samples.round_trips), len(samples.one_way), len(there), waiting) == (3, 1, 9, [])
    answer(Channel(None, waiting.append, lambda: there.pop(0), lambda: None), script)
    assert (len(waiting), there) == (6, [])


def test_a_wrong_answer_is_no_time() -> None:
    far = Channel(b"payload", lambda _: None, lambda: b"other", lambda: None)
    with pytest.raises(ValueError, match="sent 7 bytes, and got others back"):
        measure(far, Script(1, 1, 1), Samples())


def test_peers_have_ratios_and_targets_verdicts() -> None:
    markdown = tables.as_markdown(sample_results())
    assert "| iceoryx2 | 5000 (6000, 7000) ×0.10 |" in markdown
    assert "- a note" in markdown
    verdicts = targets.as_markdown(sample_results().measured)
    assert "| iceoryx2 | 0.30 | 0.10 | reached |" in verdicts
    assert "| bare unix socket | 1.30 | 1.10 | reached |" in verdicts


def test_results_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    results.write(tmp_path, sample_results())
    assert results.read(tmp_path) == [sample_results()]


def test_the_document_has_a_place_for_each_language() -> None:
    document = report.DOCUMENT.read_text()
    filled = report.with_tables(document, [sample_results()])
    assert "×0.10" in filled and filled.count("<!-- end of the python bus tables -->") == 1
    assert report.with_tables(filled, [sample_results()]) == filled
    with pytest.raises(ValueError, match="no place for the python tables"):
        report.with_tables("nothing", [sample_results()])


def test_the_picture_is_well_formed() -> None:
    drawn = ElementTree.fromstring(picture.draw([sample_results()]))
    assert sum(one.tag.endswith("rect") for one in drawn.iter()) == 4
