"""The command line: what it prints, where, and how it ends."""

from __future__ import annotations

import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mycelium.codegen.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "mycelium.codegen"]

GOOD = """/// A shop.
package shop;

enum Size: u8 { SMALL = 1; LARGE = 2; }

message Order = 1000 @topic("orders") {
    id: u64;
    1 item: string<40>;
    2 size: Size?;
}
"""
BAD = GOOD.replace("string<40>", "strin<40>")


class Run:
    """One run in this process."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one schema folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "shop.myc").write_text(GOOD)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> object:
    def call(*arguments: str, stdin: str = "") -> Run:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        try:
            code = main(list(arguments))
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else 1
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return call


def test_generates_all_languages_by_default(shop: Path, run) -> None:
    first = run("schemas")
    assert first.code == 0 and first.out == ""
    assert {path.name for path in (shop / "generated").iterdir()} == {"python", "rust", "ocaml"}
    second = run("schemas")
    assert second.code == 0 and second.err.count("nothing to do") == 3


def test_quiet_prints_nothing_when_all_is_well(shop: Path, run) -> None:
    result = run("schemas", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_lang_and_out_choose(shop: Path, run) -> None:
    assert run("schemas", "--lang", "python", "--out", "here").code == 0
    assert [path.name for path in (shop / "here").iterdir()] == ["python"]


def test_check_passes_when_fresh_and_names_files_when_stale(shop: Path, run) -> None:
    assert run("schemas", "--check").code == 1
    run("schemas")
    assert run("schemas", "--check").code == 0
    (shop / "schemas" / "shop.myc").write_text(GOOD.replace("SMALL", "TINY"))
    stale = run("schemas", "--check", "--lang", "python")
    assert stale.code == 1
    assert "stale: generated/python/shop.py" in stale.out
    assert "TINY" not in (shop / "generated" / "python" / "shop.py").read_text()


def test_schema_errors_are_shown_and_nothing_is_written(shop: Path, run) -> None:
    (shop / "schemas" / "shop.myc").write_text(BAD)
    result = run("schemas")
    assert result.code == 1
    assert "strin" in result.err and "^" in result.err and "shop.myc:8" in result.err
    assert not (shop / "generated").exists()


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_machine_formats_go_to_standard_output(shop: Path, run, format_: str) -> None:
    (shop / "schemas" / "shop.myc").write_text(BAD)
    result = run("schemas", "--format", format_)
    assert result.code == 1
    assert json.loads(result.out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        (["empty"], "empty: no .myc files in this folder"),
        (["schemas", "--lang", "cobol"], "--lang cobol: not a language"),
        (["schemas", "--frobnicate"], "--frobnicate"),
        (["schemas", "--check", "--watch"], "--check and --watch do not go together"),
        (["schemas/readme.txt"], "a schema file ends in .myc"),
        (["decode", "schemas", "--message", "Ordr"], "did you mean Order?"),
        (["inspect", "schemas", "--hex", "zz"], "not hexadecimal"),
        (["explain", "MYC9999"], "no diagnostic has the code MYC9999"),
        (["fmt", "nowhere"], "nowhere"),
        (["generate"], "SCHEMAS"),
        ([""], "an empty path"),
        (["fmt", "empty"], "empty: no .myc files in this folder"),
    ],
)
def test_wrong_usage_is_one_clear_line(shop: Path, run, arguments: list[str], says: str) -> None:
    (shop / "empty").mkdir()
    (shop / "schemas" / "readme.txt").write_text("not a schema")
    result = run(*arguments)
    assert result.code == 2
    assert says in result.err
    assert len(result.err.splitlines()) == 1 and "Traceback" not in result.err


def test_unreadable_files_are_wrong_usage(shop: Path, run) -> None:
    (shop / "schemas" / "shop.myc").unlink()
    (shop / "schemas" / "shop.myc").symlink_to("nothing-here")
    result = run("schemas")
    assert result.code == 2
    assert "cannot read" in result.err and len(result.err.splitlines()) == 1


def test_encode_and_decode_answer_line_by_line(shop: Path, run) -> None:
    values = '{"id": 1, "item": "lamp"}\n{"id": -1, "item": "x"}\nnot json\n{"id": 2, "item": "y", "size": "LARGE"}\n'
    encoded = run("encode", "schemas", "--message", "Order", stdin=values)
    lines = encoded.out.splitlines()
    assert encoded.code == 1
    assert lines[1] == "error ENCODE_RANGE 0 Order.id"
    assert lines[2].startswith("error BAD_JSON")
    bodies = f"{lines[0]}\nxyz\n{lines[3]}\n{lines[0][:-2]}\n"
    decoded = run("decode", "schemas", "--message", "shop.Order", stdin=bodies)
    assert decoded.code == 1
    assert decoded.out.splitlines() == [
        '{"id": 1, "item": "lamp"}',
        "error BAD_HEX 0 -",
        '{"id": 2, "item": "y", "size": "LARGE"}',
        "error TRUNCATED 12 Order.item",
    ]


def test_decode_is_fine_when_every_line_is(shop: Path, run) -> None:
    encoded = run("encode", "schemas", "--message", "Order", stdin='{"id": 1, "item": "lamp"}\n')
    assert encoded.code == 0
    (shop / "bodies").write_text(encoded.out)
    assert run("decode", "schemas", "--message", "Order", "--input", "bodies").code == 0


def test_inspect_annotates_bodies_and_names_the_offence(shop: Path, run) -> None:
    body = run("encode", "schemas", "--message", "Order", stdin='{"id": 1, "item": "lamp"}\n').out.strip()
    good = run("inspect", "schemas", "--message", "Order", "--hex", body)
    assert good.code == 0 and "lamp" in good.out and "item" in good.out
    cut = run("inspect", "schemas", "--message", "Order", "--hex", body[:-2])
    assert cut.code == 1 and "TRUNCATED" in cut.out


def test_inspect_reads_whole_frames(shop: Path, run) -> None:
    body = run("encode", "schemas", "--message", "Order", stdin='{"id": 1, "item": "lamp"}\n').out.strip()
    frame = (
        (1000).to_bytes(2, "little") + b"\0\1" + (len(body) // 2).to_bytes(4, "little") + bytes.fromhex(body)
    )
    (shop / "frame.bin").write_bytes(frame)
    result = run("inspect", "schemas", "--input", "frame.bin")
    assert result.code == 0 and "Order" in result.out and "lamp" in result.out


def test_inspect_redacts_what_is_sensitive_unless_told_otherwise(shop: Path, run) -> None:
    (shop / "schemas" / "shop.myc").write_text(
        "package shop;\n"
        "message Card { 1 number: string; 2 codes: map<string, u8>; }\n"
        "message Order = 1000 { 1 card: Card @sensitive; 2 item: string; }\n"
    )
    value = '{"card": {"number": "4711", "codes": {"pin": 7}}, "item": "lamp"}\n'
    body = run("encode", "schemas", "--message", "Order", stdin=value).out.strip()
    shown = run("inspect", "schemas", "--message", "Order", "--hex", body).out
    assert "<redacted>" in shown and "lamp" in shown
    for secret in ("4711", "34 37 31 31", "pin", "70 69 6e"):
        assert secret not in shown
    revealed = run("inspect", "schemas", "--message", "Order", "--hex", body, "--reveal").out
    assert "4711" in revealed and 'codes["pin"]' in revealed


def test_json_that_is_not_the_json_form_is_refused(shop: Path) -> None:
    (shop / "schemas" / "shop.myc").write_text(
        "package shop;\nmessage M { 1 f: f64?; 2 s: string?; 3 i: u8?; }\n"
    )
    values = [b'{"f": 1e400}', b'{"f": NaN}', b'{"s": "\xff"}', b'{"i": %s}' % (b"9" * 5000), b'{"f": "NaN"}']
    run = subprocess.run(
        [*COMMAND, "encode", "schemas", "--message", "M"],
        input=b"\n".join(values),
        capture_output=True,
        check=False,
    )
    assert run.stdout.decode().splitlines() == [
        "error ENCODE_RANGE 0 M.f",
        "error BAD_JSON 0 -",
        "error BAD_JSON 0 -",
        "error ENCODE_RANGE 0 M.i",
        "0b000000000000f87f",
    ]


@pytest.mark.parametrize("redirection", [">/dev/full", "<&-", ">&-"])
def test_streams_that_cannot_be_used_are_no_traceback(shop: Path, redirection: str) -> None:
    line = f"{COMMAND[0]} -m mycelium.codegen decode schemas --message Order {redirection}"
    run = subprocess.run(["bash", "-c", line], input="0602", capture_output=True, text=True, check=False)
    assert run.returncode in (1, 2) and "Traceback" not in run.stderr


def test_file_names_that_are_not_utf8_are_reported_in_every_format(shop: Path) -> None:
    (shop / "odd").mkdir()
    (Path(os.fsdecode(b"odd/\xff.myc"))).write_text(BAD)
    for format_ in ("text", "json", "github", "sarif"):
        run = subprocess.run([*COMMAND, "odd", "--format", format_], capture_output=True, check=False)
        assert run.returncode == 1 and b"Traceback" not in run.stderr, format_


def test_repeated_names_in_json_are_refused(shop: Path, run) -> None:
    result = run("encode", "schemas", "--message", "Order", stdin='{"id": 1, "id": 2, "item": "lamp"}\n')
    assert (result.code, result.out) == (1, "error BAD_JSON 0 -\n")


def test_digest_lists_messages_and_the_set(shop: Path, run) -> None:
    table = run("digest", "schemas")
    assert table.code == 0 and "shop.Order" in table.out and "wire digest of the set" in table.out
    found = json.loads(run("digest", "schemas", "--json").out)
    assert table.out.splitlines()[-1].split()[0] == found["full"]
    assert run("digest", "schemas", "--canonical").out.startswith("mycelium-digest-1 wire #0=message:1000")


def test_explain_one_code_and_all(shop: Path, run) -> None:
    listed = run("explain").out.splitlines()
    assert len(listed) >= 60
    assert listed[0].split()[0] in run("explain", listed[0].split()[0]).out


def test_fmt_rewrites_and_checks(shop: Path, run) -> None:
    path = shop / "schemas" / "shop.myc"
    path.write_text(GOOD.replace("    id: u64;", "id:u64;"))
    assert run("fmt", "--check", "schemas").code == 1
    assert run("fmt", "schemas").code == 0
    assert run("fmt", "--check", "schemas").code == 0
    assert "    id: u64;" in path.read_text()


def test_lint_warns(shop: Path, run) -> None:
    path = shop / "schemas" / "shop.myc"
    path.write_text(GOOD.replace("item:", "itemName:"))
    result = run("lint", "schemas")
    assert result.code == 1 and "itemName" in result.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_scripts_name_the_commands(run, shell: str) -> None:
    result = run("completion", shell)
    assert result.code == 0 and "mycelium" in result.out and "inspect" in result.out


def test_help_and_version(run) -> None:
    assert "inspect" in run("--help").out
    assert run("--version").out.startswith("mycelium-gen 0.")


def test_colours_only_on_terminals(shop: Path) -> None:
    (shop / "schemas" / "shop.myc").write_text(BAD)
    piped = subprocess.run([*COMMAND, "schemas"], capture_output=True, text=True, check=False)
    assert "\x1b[" not in piped.stderr
    reader, terminal = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"}
    process = subprocess.Popen(
        [*COMMAND, "schemas"], stderr=terminal, stdout=subprocess.DEVNULL, env=environment
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            chunk = os.read(reader, 65_536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    assert process.wait() == 1
    assert b"\x1b[" in shown


def test_watch_generates_again_after_a_change_and_survives_an_error(shop: Path) -> None:
    said = shop / "said"
    with said.open("w") as stream:
        process = subprocess.Popen([*COMMAND, "schemas", "--lang", "python", "--watch"], stderr=stream)
    generated = shop / "generated" / "python" / "shop.py"
    try:
        assert _eventually(generated.exists)
        (shop / "schemas" / "shop.myc").write_text(BAD)
        assert _eventually(lambda: "strin" in said.read_text())
        (shop / "schemas" / "shop.myc").write_text(GOOD.replace("SMALL", "TINY"))
        assert _eventually(lambda: "TINY" in generated.read_text())
        subprocess.run([*COMMAND, "lock", "schemas", "--quiet"], check=True)
        assert _eventually(lambda: "VERSIONS" in generated.read_text())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert "Traceback" not in said.read_text()
    assert process.returncode == 0


@pytest.mark.parametrize("pause_seconds", [0.0, 1.5])
def test_watch_finds_a_folder_that_was_made_anew(shop: Path, pause_seconds: float) -> None:
    process = subprocess.Popen(
        [*COMMAND, "schemas", "--lang", "python", "--watch"], stderr=subprocess.PIPE, text=True
    )
    generated = shop / "generated" / "python" / "shop.py"
    try:
        assert _eventually(generated.exists)
        for name in ("TINY", "HUGE"):
            shutil.rmtree(shop / "schemas")
            time.sleep(pause_seconds)
            (shop / "schemas").mkdir()
            (shop / "schemas" / "shop.myc").write_text(GOOD.replace("SMALL", name))
            assert _eventually(lambda name=name: name in generated.read_text())
        (shop / "schemas" / "shop.myc").write_text(GOOD.replace("SMALL", "WIDE"))
        assert _eventually(lambda: "WIDE" in generated.read_text())
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors and process.returncode == 0


def _eventually(condition) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_reader_that_goes_away_is_no_traceback(shop: Path) -> None:
    line = f"{COMMAND[0]} -m mycelium.codegen explain | head -n 1"
    result = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr and "BrokenPipe" not in result.stderr
