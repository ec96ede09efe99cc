"""The command line of ``mycelium-gen``: options in, one command run, an exit code out.

Exit codes: 0 fine, 1 problems found, 2 wrong usage or unreadable input. Whatever the input, no traceback.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from mycelium.codegen.arguments import command_line
from mycelium.codegen.commands.console import PROBLEMS_FOUND, WRONG_USAGE, Console, UsageError
from mycelium.codegen.commands.schemas import SchemaSelection, select
from mycelium.codegen.output import OutputError
from mycelium.codegen.target import GenerationFailure

INTERRUPTED = 130

Run = Callable[[argparse.Namespace, Console], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the entry point of the script ``mycelium-gen``."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser, commands = command_line()
    if words and words[0] not in commands and words[0] not in ("-h", "--help", "--version"):
        words.insert(0, "generate")
    if not words:
        parser.print_help()
        return WRONG_USAGE
    options = parser.parse_args(words)
    console = Console(quiet=options.quiet, diagnostics_format=getattr(options, "format", "text"))
    try:
        code = _command(options.command)(options, console)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except (UsageError, OutputError, GenerationFailure) as error:
        print(f"mycelium-gen: {error}", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return PROBLEMS_FOUND
    except OSError as error:
        _drop_output()
        print(f"mycelium-gen: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return WRONG_USAGE


def _drop_output() -> None:
    """Nobody can take what is still to be written; python would complain once more while flushing at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _selection(options: argparse.Namespace) -> SchemaSelection:
    return select(options.schemas, options.root)


def _run_generate(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import generate
    from mycelium.codegen.commands.language_choice import choose

    if options.check and options.watch:
        raise UsageError("--check and --watch do not go together")
    choice = choose(options.lang, options.option, options.plugin_timeout)
    if choice.plugins and options.runtime is not None:
        raise UsageError("--runtime is for the languages of the runtimes; plugins do not go with it")
    chosen = generate.GenerateOptions(
        out=options.out,
        languages=choice.languages,
        plugins=choice.plugins,
        check=options.check,
        rust_runtime=options.rust_runtime,
        runtime=options.runtime,
    )
    if options.watch:
        from mycelium.codegen.commands import watch

        return watch.run(_selection(options), chosen, console)
    return generate.run(_selection(options), chosen, console)


def _run_format(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import layout

    return layout.run(options.paths, check=options.check, console=console)


def _run_lint(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import lint

    return lint.run(_selection(options), console)


def _run_explain(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import explain

    return explain.run(options.code, console)


def _run_encode(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import convert

    return convert.run_encode(_selection(options), options.message, options.input, console)


def _run_decode(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import convert

    return convert.run_decode(_selection(options), options.message, options.input, console)


def _run_inspect(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import inspect

    return inspect.run(
        _selection(options), options.message, options.hex, options.input, console, reveal=options.reveal
    )


def _run_digest(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import digest

    return digest.run(_selection(options), as_json=options.json, canonical=options.canonical, console=console)


def _run_check(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import check

    return check.run(
        _selection(options), options.against, options.mode, console, with_witnesses=options.witness
    )


def _run_lock(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import lock

    if options.accept is None:
        if options.reason or options.author or options.expires:
            raise UsageError("--reason, --author and --expires go with --accept")
        return lock.run_record(_selection(options), options.mode, options.label, console)
    if not options.reason or not options.author:
        raise UsageError("--accept needs --reason and --author")
    rule, element = options.accept
    wanted = lock.Wanted(rule, element, options.reason, options.author, options.expires)
    return lock.run_accept(_selection(options), options.mode, wanted, console)


def _run_descriptor(options: argparse.Namespace, console: Console) -> int:
    from mycelium.codegen.commands import descriptor

    return descriptor.run(_selection(options), options.out, console)


def _run_completion(options: argparse.Namespace, console: Console) -> int:
    import shtab

    parser, _ = command_line()
    console.result(shtab.complete(parser, options.shell))
    return 0


def _command(name: str) -> Run:
    """Commands import what they need when they run: ``--help`` is instant."""
    return {
        "generate": _run_generate,
        "fmt": _run_format,
        "lint": _run_lint,
        "explain": _run_explain,
        "encode": _run_encode,
        "decode": _run_decode,
        "inspect": _run_inspect,
        "digest": _run_digest,
        "check": _run_check,
        "lock": _run_lock,
        "descriptor": _run_descriptor,
        "completion": _run_completion,
    }[name]
