"""Plugins: what they are told, what becomes of their files, and that no misbehaviour of theirs does harm."""

from __future__ import annotations

import json
import random
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mycelium.codegen.cli import main
from mycelium.codegen.plugin import Limits
from mycelium.codegen.plugin.answer import AnswerError, read_answer
from mycelium.codegen.plugin.process import ask
from mycelium.codegen.plugin.request import plugin_request
from mycelium.codegen.target import GenerationFailure
from mycelium.idl.codes import Code
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.descriptor import from_descriptor
from mycelium.idl.digest import message_digests
from mycelium.idl.schema import Schema

COMMAND = [sys.executable, "-m", "mycelium.codegen"]
SCHEMA = """/// A shop.
package shop;

const LIMIT: u8 = 3;
enum Size: u8 { SMALL = 1; LARGE = 2; }
union Thing { 1 text: string; }
struct Point { x: u8; }

message Order = 1000 {
    id: u64;
    1 item: string<40>;
}
"""
ECHO = """
request = json.load(sys.stdin)
print(json.dumps({"plugin": request["plugin"], "files": [{"path": "request.json", "text": json.dumps(request)}]}))
"""
FILES = """
sys.stdin.read()
print(json.dumps({"plugin": "mycelium-plugin-1", "files": [{"path": path, "text": text} for path, text in FILES]}))
"""

INTERRUPTIBLE = """
import signal, sys
from mycelium.codegen.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells turn it off for what runs in the background
sys.exit(main(sys.argv[1:]))
"""

Make = Callable[..., Path]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one schema."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "shop.myc").write_text(SCHEMA)
    return tmp_path


@pytest.fixture
def plugin(shop: Path) -> Make:
    """Writes a program of Python, executable, into the working folder."""

    def make(body: str, name: str = "plug", mode: int = 0o755) -> Path:
        path = shop / name
        path.write_text(f"#!{sys.executable}\nimport json, os, signal, sys, time\n{body}")
        path.chmod(mode)
        return path

    return make


def answering(answer: object) -> str:
    """A program that reads its request and answers this."""
    return f"sys.stdin.read()\nsys.stdout.write({json.dumps(answer)!r})\n"


def with_files(*files: tuple[str, str]) -> str:
    """A program that answers these files."""
    return f"FILES = {files!r}\n{FILES}"


def compiled(shop: Path) -> Schema:
    """What the schemas mean."""
    schema = compile_schemas(shop / "schemas").schema
    assert schema is not None
    return schema


def generated(shop: Path) -> dict[str, str]:
    """Every file below the output folder but manifests, by path."""
    out = shop / "generated"
    return {
        str(path.relative_to(out)): path.read_text()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".mycelium-manifest"
    }


# --- What it is told, and what becomes of its files --------------------------------------------------------


def test_the_request_holds_descriptor_digests_and_options(
    shop: Path, plugin: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin(ECHO)
    assert main(["schemas", "--lang", "./plug", "--option", "b=1=2", "--option", "a="]) == 0
    request = json.loads(generated(shop)["plug/request.json"])
    assert request["plugin"] == "mycelium-plugin-1"
    assert request["options"] == {"a": "", "b": "1=2"}
    assert from_descriptor(request["descriptor"]) == compiled(shop)
    capsys.readouterr()
    main(["digest", "schemas", "--json"])
    assert request["digests"] == json.loads(capsys.readouterr().out)


def test_the_request_holds_what_the_lock_knows(shop: Path, plugin: Make) -> None:
    plugin(ECHO)
    assert main(["lock", "schemas", "--label", "first", "--quiet"]) == 0
    before = message_digests(compiled(shop))["shop.Order"].wire_u64
    (shop / "schemas" / "shop.myc").write_text(SCHEMA.replace("<40>", "<80>"))
    assert main(["schemas", "--lang", "./plug"]) == 0
    histories = json.loads(generated(shop)["plug/request.json"])["histories"]
    assert set(histories) == {"shop.Order"}
    assert (histories["shop.Order"]["version"], histories["shop.Order"]["same"]) == ("unreleased", "")
    (known,) = histories["shop.Order"]["known"]
    (difference,) = known.pop("differences")
    assert "shop.Order.item" in difference
    assert known == {"version": "1.0", "wire_u64": before, "reads": True, "is_read_by": False}


def test_equal_schemas_give_equal_requests(shop: Path) -> None:
    schemas = [compiled(shop) for _ in range(2)]
    first, second = (
        plugin_request(schema, options, {})
        for schema, options in zip(schemas, [{"a": "1", "b": "2"}, {"b": "2", "a": "1"}], strict=True)
    )
    assert first == second


@pytest.mark.parametrize("lang", [["python", "./plug"], ["python,./plug"], ["./plug", "python,./plug"]])
def test_plugins_and_languages_are_named_in_any_order(shop: Path, plugin: Make, lang: list[str]) -> None:
    plugin(with_files(("deep/er/a.txt", "made\n")))
    assert main(["schemas", *(word for one in lang for word in ("--lang", one))]) == 0
    assert generated(shop)["plug/deep/er/a.txt"] == "made\n"
    assert "python/shop.py" in generated(shop)
    assert not (shop / "generated" / "rust").exists()


def test_the_folder_is_named_without_the_ending(shop: Path, plugin: Make) -> None:
    plugin(with_files(("a.txt", "")), "tools.py")
    assert main(["schemas", "--lang", str(shop / "tools.py")]) == 0
    assert generated(shop) == {"tools/a.txt": ""}


def test_check_write_and_remove_as_for_languages(
    shop: Path, plugin: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin(with_files(("a.txt", "1\n"), ("old/b.txt", "1\n")))
    assert main(["schemas", "--lang", "./plug", "--check"]) == 1
    assert "missing: generated/plug/a.txt" in capsys.readouterr().out
    assert main(["schemas", "--lang", "./plug"]) == 0
    assert main(["schemas", "--lang", "./plug", "--check"]) == 0
    plugin(with_files(("a.txt", "2\n")))
    capsys.readouterr()
    assert main(["schemas", "--lang", "./plug", "--check"]) == 1
    out = capsys.readouterr().out
    assert "stale: generated/plug/a.txt" in out and "left over: generated/plug/old/b.txt" in out
    assert generated(shop)["plug/a.txt"] == "1\n"
    assert main(["schemas", "--lang", "./plug"]) == 0
    assert generated(shop) == {"plug/a.txt": "2\n"}
    assert not (shop / "generated" / "plug" / "old").exists()


def test_what_others_put_there_is_not_overwritten(
    shop: Path, plugin: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin(with_files(("a.txt", "made\n")))
    (shop / "generated" / "plug").mkdir(parents=True)
    (shop / "generated" / "plug" / "a.txt").write_text("by hand\n")
    assert main(["schemas", "--lang", "./plug"]) == 2
    assert "exists and was not generated" in capsys.readouterr().err
    assert generated(shop) == {"plug/a.txt": "by hand\n"}


def test_large_requests_and_answers_pass(shop: Path, plugin: Make) -> None:
    """Larger than what pipes hold, and written while the request is still coming."""
    fields = "".join(f"    {tag} field_{tag}: string;\n" for tag in range(1, 4000))
    (shop / "schemas" / "large.myc").write_text(f"package large;\nmessage Large {{\n{fields}}}\n")
    plugin(
        'sys.stdout.write(\'{"plugin": "mycelium-plugin-1", "files": [{"path": "a", "text": "\' + \'x\' * 3_000_000)\n'
        "sys.stdout.flush()\nassert len(sys.stdin.read()) > 300_000\nprint('\"}]}')\n"
    )
    assert main(["schemas", "--lang", "./plug"]) == 0
    assert len(generated(shop)["plug/a"]) == 3_000_000


def test_a_plugin_that_reads_nothing_may_still_answer(shop: Path, plugin: Make) -> None:
    fields = "".join(f"    {tag} field_{tag}: string;\n" for tag in range(1, 4000))
    (shop / "schemas" / "large.myc").write_text(f"package large;\nmessage Large {{\n{fields}}}\n")
    plugin('os.close(0)\nprint(\'{"plugin": "mycelium-plugin-1", "files": []}\')\n')
    assert main(["schemas", "--lang", "./plug"]) == 0


def test_standard_error_is_passed_on(shop: Path, plugin: Make, capfd: pytest.CaptureFixture[str]) -> None:
    plugin("print('looking around', file=sys.stderr)\n" + with_files(("a.txt", "")))
    assert main(["schemas", "--lang", "./plug", "--quiet"]) == 0
    assert capfd.readouterr().err == "looking around\n"


def test_no_shell_reads_the_path(shop: Path, plugin: Make) -> None:
    plugin(with_files(("a.txt", "")), "$(touch bad);a b.py")
    assert main(["schemas", "--lang", "./$(touch bad);a b.py"]) == 0
    assert not (shop / "bad").exists()


# --- Errors of the schema ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "place"),
    [
        ("shop.Order.item", "shop.myc:11:"),
        ("shop.Order.id", "shop.myc:10:"),
        ("shop.Order", "shop.myc:9:"),
        ("shop.Size.LARGE", "shop.myc:5:"),
        ("shop.Thing.text", "shop.myc:6:"),
        ("shop.Point.x", "shop.myc:7:"),
        ("shop.LIMIT", "shop.myc:4:"),
    ],
)
def test_errors_are_shown_where_they_are(
    shop: Path, plugin: Make, capsys: pytest.CaptureFixture[str], element: str, place: str
) -> None:
    plugin(
        answering(
            {"plugin": "mycelium-plugin-1", "errors": [{"message": "not\n like this", "element": element}]}
        )
    )
    assert main(["schemas", "--lang", "python,./plug"]) == 1
    error = capsys.readouterr().err
    assert f"error[{Code.REFUSED_BY_PLUGIN.value}]: plug: not like this" in error
    assert place in error and "^" in error
    assert not (shop / "generated").exists()


def test_errors_without_a_place_are_shown_in_every_format(
    shop: Path, plugin: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = [{"message": "too plain"}, {"message": "who?", "element": "shop.Nobody"}]
    plugin(answering({"plugin": "mycelium-plugin-1", "errors": errors}))
    assert main(["schemas", "--lang", "./plug"]) == 1
    assert "plug: who? (`shop.Nobody`)" in capsys.readouterr().err
    for format_ in ("json", "github", "sarif"):
        assert main(["schemas", "--lang", "./plug", "--format", format_]) == 1
        assert "too plain" in capsys.readouterr().out


# --- Misbehaviour ----------------------------------------------------------------------------------------------

FORM = '{"plugin": "mycelium-plugin-1", '
MISBEHAVIOUR = {
    "exit code": ("sys.stdin.read(); sys.exit(3)", "ended with exit code 3"),
    "traceback": ("raise ValueError", "ended with exit code 1"),
    "answer, then exit code": (f"print('{FORM}\"files\": []}}'); sys.exit(1)", "ended with exit code 1"),
    "signal": ("os.kill(os.getpid(), signal.SIGSEGV)", "killed by SIGSEGV"),
    "silence": ("sys.stdin.read()", "it wrote no answer"),
    "early end": ("os.close(0); os.close(1); os._exit(0)", "it wrote no answer"),
    "text": ("print('hello')", "is not JSON: Expecting value"),
    "more than one": ("print('{} {}')", "is not JSON: Extra data"),
    "cut off": (f"print('{FORM}')", "is not JSON"),
    "deep": ("print('[' * 100_000)", "is not JSON"),
    "not UTF-8": ("sys.stdout.buffer.write(b'{\"\\xff')", "is not UTF-8: byte 2"),
    "list": ("print('[]')", "wrong at $: an object is expected"),
    "no version": ("print('{\"files\": []}')", "`plugin` is missing"),
    "version": ("print('{\"plugin\": \"mycelium-plugin-9\"}')", "speaks `mycelium-plugin-1`, not `mycelium-plugin-9`"),
    "neither": (f"print('{FORM[:-2]}}}')", "either `files` or `errors`"),
    "both": (f"print('{FORM}\"files\": [], \"errors\": []}}')", "either `files` or `errors`"),
    "no errors": (f"print('{FORM}\"errors\": []}}')", "`errors` is empty"),
    "empty error": (f"print('{FORM}\"errors\": [{{\"message\": \" \"}}]}}')", "a message says what is wrong"),
    "unknown member": (f"print('{FORM}\"files\": [], \"fils\": 1}}')", "`fils` is not known here"),
    "repeated member": (f"print('{FORM}\"files\": [], \"files\": []}}')", "`files` is there twice"),
    "no text": (f"print('{FORM}\"files\": [{{\"path\": \"a\"}}]}}')", "$.files[0]: `text` is missing"),
    "surrogate": (
        f"print('{FORM}\"files\": [{{\"path\": \"a\", \"text\": \"\\\\ud800\"}}]}}')",
        "half of a surrogate pair",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "says"), MISBEHAVIOUR.values(), ids=MISBEHAVIOUR.keys())
def test_misbehaviour_is_one_clear_line_and_nothing_is_written(
    shop: Path, plugin: Make, capsys: pytest.CaptureFixture[str], body: str, says: str
) -> None:
    plugin(body)
    assert main(["schemas", "--lang", "python,./plug"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("mycelium-gen: plug: ") and says in error
    assert len(error.splitlines()) == 1
    assert not (shop / "generated").exists()


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        (["/etc/motd"], "is absolute"),
        (["../a"], "leaves the folder"),
        (["a/../../b"], "leaves the folder"),
        (["a//b"], "not in its shortest form"),
        (["./a"], "not in its shortest form"),
        (["a/"], "not in its shortest form"),
        ([""], "a path is not empty"),
        (["a\0b"], "a character that file names do not have everywhere"),
        (["a\nb"], "a character"),
        (["a\u2028b"], "a character"),
        (["a\\b"], "a character"),
        (["a" * 201], "too long"),
        (["a/" * 600 + "b"], "too long"),
        (["a", "a"], "`a` is there twice"),
        (["Order.md", "order.md"], "differs from `Order.md` only in case"),
        (["A/x", "a/y"], "differs from `A` only in case"),
        (["a", "a/b"], "also a file"),
        (["a/b", "a"], "also a folder"),
        ([".mycelium-manifest"], "choose another name"),
        ([".MYCELIUM-manifest"], "choose another name"),
    ],
)
def test_paths_stay_inside_and_apart(paths: list[str], says: str) -> None:
    files = [{"path": path, "text": ""} for path in paths]
    with pytest.raises(AnswerError) as caught:
        read_answer(json.dumps({"plugin": "mycelium-plugin-1", "files": files}).encode())
    assert says in str(caught.value) and str(caught.value).isprintable()


def test_complaints_about_an_answer_are_short_and_printable() -> None:
    for name in ("\x1b[2Jcleared\n", "long" * 1000, "\ud800"):
        for answer in ({"plugin": "mycelium-plugin-1", "files": [], name: 1}, {"plugin": name}):
            with pytest.raises(AnswerError) as caught:
                read_answer(json.dumps(answer).encode())
            assert str(caught.value).isprintable() and len(str(caught.value)) < 500


def test_damaged_answers_are_refused_or_read() -> None:
    answer = {
        "plugin": "mycelium-plugin-1",
        "files": [{"path": "a/b.txt", "text": "x"}, {"path": "c", "text": ""}],
    }
    refusal = {"plugin": "mycelium-plugin-1", "errors": [{"message": "no", "element": "shop.Order"}]}
    chance = random.Random(3)
    refused = 0
    for _ in range(1500):
        damaged = bytearray(json.dumps(chance.choice([answer, refusal])).encode())
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] = chance.choice(b'"{}[],:\\/.\x00\xff0aA')
        try:
            read = read_answer(bytes(damaged))
        except AnswerError as error:
            refused += 1
            assert str(error).isprintable()
        else:
            assert not (read.files and read.errors)
    assert 500 < refused < 1500


def test_a_plugin_that_hangs_is_stopped_with_all_it_started(
    shop: Path, plugin: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin("").write_text("#!/bin/sh\nsleep 600 &\necho $! >child\nwait\n")
    assert main(["schemas", "--lang", "./plug", "--plugin-timeout", "2.5"]) == 2
    assert "plug: not finished after 2.5 s, and stopped; --plugin-timeout" in capsys.readouterr().err
    child = int((shop / "child").read_text())
    assert eventually(lambda: not is_running(child))


def test_a_plugin_that_closes_its_answer_and_stays_is_stopped(shop: Path, plugin: Make) -> None:
    plugin("os.close(1)\ntime.sleep(600)\n")
    with pytest.raises(GenerationFailure, match="not finished after 0.5 s"):
        ask(shop / "plug", b"{}", Limits(seconds=0.5))


def test_an_endless_answer_is_stopped(shop: Path, plugin: Make) -> None:
    plugin("while True: os.write(1, b'x' * 65536)\n")
    with pytest.raises(GenerationFailure, match="longer than 1 MiB; make fewer"):
        ask(shop / "plug", b"{}", Limits(answer_bytes=1 << 20))


def test_an_interrupt_ends_the_plugin_too(shop: Path, plugin: Make) -> None:
    plugin("open('started', 'w').write(str(os.getpid()))\ntime.sleep(600)\n")
    command = [sys.executable, "-c", INTERRUPTIBLE, "schemas", "--lang", "./plug"]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert eventually(lambda: (shop / "started").exists() and (shop / "started").read_text() != "")
    run.send_signal(2)
    assert run.wait(60) == 130 and "Traceback" not in (run.stderr.read() if run.stderr else "")
    assert eventually(lambda: not is_running(int((shop / "started").read_text())))


def is_running(process: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


# --- The command line ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--lang", "./nowhere"], "nowhere: no such file"),
        (["--lang", "./schemas"], "schemas: not a program"),
        (["--lang", "./plain"], "plain: not executable; `chmod +x plain`"),
        (["--lang", "./headless"], "headless: cannot be started (Exec format error); the first line of a script"),
        (["--lang", "./lost"], "lost: cannot be started (No such file or directory); the first line of a script"),
        (["--lang", "plain"], "--lang plain: not a language; a plugin is named by its path: ./plain"),
        (["--lang", "pyhton"], "did you mean python?"),
        (["--lang", ","], "name at least one of python, rust, ocaml, or a plugin"),
        (["--lang", "./python"], "the language python writes to the folder python, too"),
        (["--lang", "./a/plain,./plain.py"], "--lang plain.py: a/plain writes to the folder plain, too"),
        (["--lang", "./.hidden"], "no name for a folder"),
        (["--lang", "python", "--option", "a=b"], "--lang names none"),
        (["--plugin-timeout", "5"], "--lang names none"),
        (["--lang", "./plain", "--option", "ab"], "--option ab: write KEY=VALUE"),
        (["--lang", "./plain", "--option", "a=1", "--option", "a=2"], "--option a: given twice"),
        (["--lang", "./plain", "--plugin-timeout", "0"], "0 is no number of seconds above 0"),
        (["--lang", "./plain", "--plugin-timeout", "nan"], "nan is no number of seconds"),
        (["--lang", "./plain", "--runtime", "x"], "--runtime is for the languages of the runtimes"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_clear_line(
    shop: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    (shop / "plain").write_text("x")
    (shop / "headless").write_text("no interpreter")
    (shop / "lost").write_text("#!/nowhere/python\n")
    for name in ("headless", "lost"):
        (shop / name).chmod(stat.S_IRWXU)
    try:
        code = main(["schemas", *arguments])
    except SystemExit as exit_:
        code = int(str(exit_.code))
    error = capsys.readouterr().err
    assert code == 2 and says in error and len(error.splitlines()) == 1
    assert not (shop / "generated").exists()


def test_watch_asks_plugins_again_and_survives_their_failure(shop: Path, plugin: Make) -> None:
    plugin(
        "request = json.load(sys.stdin)\n"
        "names = [each['name'] for each in request['descriptor']['packages'][0]['declarations']]\n"
        "if 'Bad' in names:\n    open('refused', 'w').close()\n    sys.exit(9)\n"
        "text = ' '.join(names)\n"
        "print(json.dumps({'plugin': request['plugin'], 'files': [{'path': 'names', 'text': text}]}))\n"
    )
    process = subprocess.Popen(
        [*COMMAND, "schemas", "--lang", "./plug", "--watch"], stderr=subprocess.PIPE, text=True
    )
    names, schema = shop / "generated" / "plug" / "names", shop / "schemas" / "shop.myc"
    try:
        assert eventually(names.exists)
        schema.write_text(f"{SCHEMA}\nmessage Bad {{ 1 x: u8; }}\n")
        assert eventually((shop / "refused").exists)
        schema.write_text(f"{SCHEMA}\nmessage Good {{ 1 x: u8; }}\n")
        assert eventually(lambda: "Good" in names.read_text())
    finally:
        process.send_signal(2)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0 and "Traceback" not in errors
    assert "plug: ended with exit code 9" in errors
