"""The other process of a turn: ``python -m benches.bus.other_process CONTESTANT WAIT SUBJECTS DIVISOR FOLDER``.

With a divisor of 0 it answers one message and waits for a second one, idle.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benches.bus.channel import load
from benches.bus.turns import CORES, answer, script_for
from benches.machine import pin


def main(arguments: Sequence[str]) -> int:
    name, wait, subjects, divisor, folder = arguments
    cores = os.sched_getaffinity(0)
    peer = load(name)
    gc.disable()
    for subject in subjects.split(","):
        channel = peer.open_channel(Path(folder) / subject, False, subject, wait)
        pin(CORES[1])
        if divisor == "0":
            channel.send(channel.receive())
            channel.receive()
        else:
            answer(channel, script_for(wait, int(divisor)))
        # The near end hangs up when it has the last answer: until then what was sent has to stay there.
        sys.stdin.readline()
        channel.close()
        os.sched_setaffinity(0, cores)
    sys.stdout.flush()
    os._exit(0)  # Threads of a peer may hold an orderly end up for seconds.


if __name__ == "__main__":
    main(sys.argv[1:])
