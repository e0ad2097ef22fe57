"""Disturbs a running scanpix and sees whether it goes on, and to the same end.

    .venv/bin/python -m research.chaos PHOTOS [--kills 30] [--seed 1] [--files 2000]
    .venv/bin/python -m research.chaos PHOTOS --scenario stopped-decoder [--files 300]

PHOTOS is a folder of pictures, of which copies are made. The code that runs must not change under a run: start it in a
copy of the checkout. Without a scenario, one undisturbed run, then one in which processes are killed (``kill -9``) at
random moments; the rows of both are compared in the end. With ``--work`` folders are kept, and an undisturbed run that
is there is used again.
"""

from __future__ import annotations

import argparse
import pickle
import signal
import sys
import tempfile
import time
from pathlib import Path

from research.chaos import kills, scenarios
from research.chaos.dump import State, differences, state_of
from research.chaos.stage import clear, stage

DONE_SECONDS = 3600.0


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m research.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--scenario", choices=sorted(scenarios.SCENARIOS))
    parser.add_argument("--work", type=Path, help="a folder for both runs, which is kept")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the portal is stopped then as well
    work = arguments.work or Path(tempfile.mkdtemp(prefix="scanpix-chaos-", dir="/var/tmp"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        if arguments.scenario:
            return scenarios.SCENARIOS[arguments.scenario](work, arguments.photos, arguments.files)
        return _kills(work, arguments)
    finally:
        if arguments.work is None:
            clear(work)


def _kills(work: Path, arguments: argparse.Namespace) -> int:
    undisturbed = _undisturbed(work, arguments.photos, arguments.files)
    print(f"seed {arguments.seed}, {arguments.kills} kills, {arguments.files} files")
    print(kills.HEADER, flush=True)
    first = arguments.files // (arguments.kills + 1)
    name = f"disturbed-{int(time.time())}"
    with stage(work, name, arguments.photos, arguments.files, first) as one:
        one.asking.wait_for_models(DONE_SECONDS)
        done = kills.play(one, arguments.kills, arguments.seed)
        one.library.add(arguments.files)
        one.asking.scan()
        one.asking.wait_until_done(arguments.files, DONE_SECONDS)
        disturbed = state_of(one.asking, one.data / "thumbnails")
        began = time.monotonic()
    print(f"stopped in {time.monotonic() - began:.1f} s, and no process was left")
    return _judge(done, undisturbed, disturbed)


def _undisturbed(work: Path, photos: Path, files: int) -> State:
    kept = work / f"undisturbed-{files}.pickle"
    if kept.exists():
        state: State = pickle.loads(kept.read_bytes())
        return state
    began = time.monotonic()
    with stage(work, f"undisturbed-{int(time.time())}", photos, files, files) as one:
        one.asking.wait_until_done(files, DONE_SECONDS)
        state = state_of(one.asking, one.data / "thumbnails")
    kept.write_bytes(pickle.dumps(state))
    print(f"undisturbed: {files} files in {time.monotonic() - began:.0f} s")
    return state


def _judge(done: list[kills.Kill], undisturbed: State, disturbed: State) -> int:
    times = sorted(kill.recovery.whole or float("inf") for kill in done)
    late = [kill.role for kill in done if kill.recovery.whole is None]
    if times:
        print(f"time to resume: median {times[len(times) // 2]:.1f} s, longest {times[-1]:.1f} s")
    print(f"not back within {kills.LIMIT:.0f} s: {', '.join(late) or 'none'}")
    rows = {table: len(of_table) for table, of_table in undisturbed.items()}
    print("rows compared: " + ", ".join(f"{count} {table}" for table, count in rows.items()))
    found = differences(undisturbed, disturbed)
    for difference in found[:20]:
        print(f"  {difference}")
    print(f"differences: {len(found)}")
    return 1 if late or found else 0


if __name__ == "__main__":
    sys.exit(main())
