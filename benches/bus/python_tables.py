"""All that is measured in Python."""

from __future__ import annotations

from importlib.metadata import version

from benches.bus import calls, idle, messages, processes, threads
from benches.bus.channel import QUOTE, SIZES, SLEEP, SPIN
from benches.bus.results import Measured
from benches.machine import this_python

PACKAGES = ("pyzmq", "pynng", "iceoryx2", "eclipse-zenoh", "nautilus-trader", "msgspec")

SPINNING = ("mycelium_shm", "mycelium_unix", "mycelium_tcp", "iceoryx2_slices", "unix_sockets")
SLEEPING = (
    "mycelium_shm",
    "mycelium_unix",
    "mycelium_tcp",
    "unix_sockets",
    "multiprocessing_pipes",
    "pyzmq_ipc",
    "pynng_ipc",
    "zenoh_sockets",
)
TYPED = ("mycelium_shm", "mycelium_unix", "msgspec_iceoryx2", "msgspec_unix")


def measure(rounds: int, divisor: int) -> Measured:
    """Every table; what cannot run is in the notes."""
    messages.generate()
    notes: list[str] = []
    sizes = list(SIZES)
    tables = [
        *calls.tables(divisor, notes),
        threads.table(rounds, divisor),
        processes.table(
            "spinning", "Between processes, spinning", SPINNING, sizes, SPIN, rounds, divisor, notes
        ),
        processes.table(
            "sleeping", "Between processes, sleeping", SLEEPING, sizes, SLEEP, rounds, divisor, notes
        ),
        processes.table(
            "typed", "Between processes, objects, spinning", TYPED, [QUOTE], SPIN, rounds, divisor, notes
        ),
        idle.table(SLEEPING, notes),
    ]
    versions = {package: version(package) for package in PACKAGES}
    return Measured("python", this_python(), rounds, versions, tables, notes)
