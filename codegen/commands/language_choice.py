"""The options that choose what is generated: ``--lang``, and for plugins ``--option`` and ``--plugin-timeout``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mycelium.codegen.commands.console import UsageError
from mycelium.codegen.languages import TARGETS
from mycelium.codegen.plugin import Limits, Plugin
from mycelium.codegen.plugin.process import DEFAULT_TIMEOUT_SECONDS
from mycelium.idl.suggestions import nearest


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """Names of languages this compiler knows, and plugins; each once, as they were named first."""

    languages: tuple[str, ...]
    plugins: tuple[Plugin, ...]


def choose(
    lists: Sequence[str] | None, options: Sequence[str] | None, timeout_seconds: float | None
) -> LanguageChoice:
    """What the words of the command line choose; every language where there is no ``--lang``."""
    if lists is None:
        words = list(TARGETS)
    else:
        words = [word.strip() for one in lists for word in one.split(",") if word.strip()]
        if not words:
            raise UsageError(f"--lang: name at least one of {', '.join(TARGETS)}, or a plugin")
    words = list(dict.fromkeys(words))
    programs = [Path(word) for word in words if "/" in word]
    for word in words:
        if "/" not in word and word not in TARGETS:
            raise UsageError(_unknown(word))
    if not programs and (options or timeout_seconds is not None):
        raise UsageError("--option and --plugin-timeout are for plugins, and --lang names none")
    limits = Limits(DEFAULT_TIMEOUT_SECONDS if timeout_seconds is None else timeout_seconds)
    values = _values(options or ())
    plugins = tuple(Plugin(program, values, limits) for program in programs)
    _refuse_shared_folders(plugins)
    return LanguageChoice(tuple(word for word in words if word in TARGETS), plugins)


def _unknown(word: str) -> str:
    if Path(word).is_file():
        return f"--lang {word}: not a language; a plugin is named by its path: ./{word}"
    close = nearest(word, TARGETS)
    suggestion = f"; did you mean {close}?" if close else ""
    return f"--lang {word}: not a language; choose from {', '.join(TARGETS)}, or a plugin, as in ./my-plugin{suggestion}"


def _values(options: Sequence[str]) -> Mapping[str, str]:
    values: dict[str, str] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not key or not equals:
            raise UsageError(f"--option {option}: write KEY=VALUE")
        if key in values:
            raise UsageError(f"--option {key}: given twice")
        values[key] = value
    return values


def _refuse_shared_folders(plugins: Sequence[Plugin]) -> None:
    """Two makers of files in one folder would remove each other's."""
    makers: dict[str, str] = {name: f"the language {name}" for name in TARGETS}
    for plugin in plugins:
        name = plugin.name.casefold()
        if not name or name.startswith("."):
            raise UsageError(f"--lang {plugin.program}: no name for a folder; give the program another name")
        if name in makers:
            raise UsageError(
                f"--lang {plugin.program}: {makers[name]} writes to the folder {plugin.name}, too; rename the plugin"
            )
        makers[name] = str(plugin.program)
