"""What a measurement ran on, and the one core it keeps to."""

from __future__ import annotations

import os
import platform
import sysconfig
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True):
    """What a reader of numbers needs to know of where they come from."""

    processor: str
    cores: int
    system: str
    core: int | None
    """The core the measurement was pinned to, None where the system cannot pin."""
    load: float
    """The load average of the minute before the measurement, its own work included."""


def pin(core: int | None) -> int | None:
    """Keep this process, and what it starts, to one core: the last, where none is named."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    chosen = max(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {chosen})
    return chosen


def this_machine(core: int | None) -> Machine:
    """The machine as it is now; ``core`` is what :func:`pin` gave."""
    return Machine(_processor(), os.cpu_count() or 1, platform.platform(terse=True), core, os.getloadavg()[0])


def this_python() -> str:
    """The interpreter and how it was built: profile-guided optimisation alone is worth a third."""
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    how = "with" if optimised else "without"
    return f"{platform.python_implementation()} {platform.python_version()}, built {how} profile-guided optimisation"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
