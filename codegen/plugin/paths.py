"""Paths a plugin gives: inside its folder, each once, writable on every file system."""

from __future__ import annotations

from pathlib import PurePosixPath

from mycelium.codegen.output import MANIFEST

MAXIMUM_PATH_BYTES = 1000
MAXIMUM_NAME_BYTES = 200
"""File systems take 255; the rest is for the temporary name a file has while it is written."""


class PathTaker:
    """Takes the paths of one answer, one after another."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def take(self, text: str) -> PurePosixPath:
        """The path. Raises ValueError, whose text says what is wrong with it."""
        path = _path(text)
        folders = [parent.as_posix() for parent in path.parents][:-1]
        same = self._files.get(text.casefold())
        if same is not None:
            twice = f"`{text}` is there twice"
            raise ValueError(twice if same == text else f"`{text}` differs from `{same}` only in case")
        if text.casefold() in self._folders:
            raise ValueError(f"`{text}` is also a folder of other files")
        for folder in folders:
            if folder.casefold() in self._files:
                raise ValueError(f"`{folder}` is also a file, and `{text}` would lie in it")
            same = self._folders.setdefault(folder.casefold(), folder)
            if same != folder:
                raise ValueError(f"`{folder}` differs from `{same}` only in case")
        self._files[text.casefold()] = text
        return path


def _path(text: str) -> PurePosixPath:
    if not text:
        raise ValueError("a path is not empty")
    if not text.isprintable() or "\\" in text:
        raise ValueError(f"{text!a} has a character that file names do not have everywhere")
    if text.startswith("/"):
        raise ValueError(f"`{text}` is absolute; paths are relative to the plugin's folder")
    parts = text.split("/")
    if ".." in parts:
        raise ValueError(f"`{text}` leaves the folder; paths stay inside it")
    if "" in parts or "." in parts:
        raise ValueError(f"`{text}` is not in its shortest form")
    if (
        len(text.encode()) > MAXIMUM_PATH_BYTES
        or max(len(part.encode()) for part in parts) > MAXIMUM_NAME_BYTES
    ):
        raise ValueError(f"`{text[:40]}...` is too long for a path")
    if parts[0].casefold() == MANIFEST.casefold():
        raise ValueError(f"`{MANIFEST}` is where mycelium-gen lists the files; choose another name")
    return PurePosixPath(text)
