"""Names a package root must not shadow, frozen: a schema means the same whatever is installed."""

from __future__ import annotations

_PYTHON = frozenset("""
    __future__ abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit
    audioop base64 bdb binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code
    codecs codeop collections colorsys compileall compression concurrent configparser contextlib
    contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis
    distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch
    fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib
    heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json
    keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap
    modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode
    operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib
    poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat
    queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors
    shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile
    sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys
    sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit
    tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing
    unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref
    xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
    """.split())  # noqa: SIM905
"""The standard library of CPython 3.11 to 3.14."""

_RUST = frozenset({"std", "core", "alloc"})
"""The crates every Rust program sees."""

_OCAML = frozenset("""
    Arg Array ArrayLabels Atomic Bigarray Bool Buffer Bytes BytesLabels Callback Char Complex Condition
    Digest Domain Dynarray Effect Either Ephemeron Filename Float Format Fun Gc Genlex Hashtbl Iarray
    In_channel Int Int32 Int64 Lazy Lexing List ListLabels Map Marshal MoreLabels Mutex Nativeint Obj Oo
    Option Out_channel Pair Parsing Pervasives Pqueue Printexc Printf Queue Random Repr Result Scanf
    Semaphore Seq Set Stack StdLabels Stdlib Stream String StringLabels Sys Type Uchar Unit Weak
    """.split())  # noqa: SIM905
"""The modules of Stdlib, OCaml 4.13 to 5.4."""


_GENERATED = frozenset({"msgspec", "mycelium_registry"})
"""What generated Python imports, and what lies beside it."""


def shadowed_module(root: str) -> str | None:
    """What a package of this root would shadow, in words, or None."""
    if root in _PYTHON:
        return "a standard module of Python"
    if root in _RUST:
        return "a standard module of Rust"
    if root in _GENERATED:
        return "a module that generated code needs"
    return "a standard module of OCaml" if root[:1].upper() + root[1:] in _OCAML else None
