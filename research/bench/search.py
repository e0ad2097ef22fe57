"""Search at scale: recall against exact search, time, statements, under filters that help, hurt or do not matter.

    .venv/bin/python -m research.bench.search [--rows 100000] [--queries 30] [--plain] [--keep FOLDER] [--only nearest]

Makes a database of its own in a folder that goes away again (``--keep`` names one that stays, and is used again), with
clustered vectors as those of photos are: 20 themes of 10 topics each, every photo near a topic, and all of it in far
fewer directions than the vector has. A filter keeps whole topics ("with": those nearest to the query, "against": the
farthest) or any photos ("independent"); of one in ten thousand, part of one topic.

``nearest`` is the vector search by itself, ``search`` all of it from what is typed to the hits with their reasons, the
text's vector given and its word the label of one photo in 200; ``facets`` are asked for by themselves. Times are of the
server and of this process together; ``cpu`` are the milliseconds that the server's process worked for it, its parallel
workers not counted, on which a busy machine has less influence. Vectors carry the background of a calibration as one
more dimension, as those of the encoders that come along do; ``--plain`` leaves it out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from research.bench.database import own_database
from research.bench.search_world import TOPICS, World, unit

LIMIT = 100
SHARES = (1.0, 0.5, 0.05, 0.005, 0.0001)
KINDS = ("independent", "with", "against")
WAYS = ("nearest", "search", "facets")


@dataclass
class Case:
    """A query, what its filter keeps (a mask over all rows), and the same as it is typed."""

    about: np.ndarray
    vector: np.ndarray
    topic: int
    typed: str
    keep: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=30)
    parser.add_argument("--plain", action="store_true", help="unit vectors, without a background")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the database there, and use it again")
    parser.add_argument("--only", choices=WAYS, action="append", help="nearest, search or facets; all unless said")
    arguments = parser.parse_args()
    with own_database(arguments.keep) as folder:
        bench(World.of(folder, arguments.rows, calibrated=not arguments.plain), arguments)


def bench(world: World, arguments: argparse.Namespace) -> None:
    import django

    django.setup()
    world.ensure()
    asked = {way: ask for way, ask in ways().items() if way in (arguments.only or WAYS)}
    for way in asked.values():  # so that what the first filter asks of the disk is not told as its own
        for case in cases_of(world, "everything", 1.0, arguments.queries):
            way(case)
    print(f"{'filter':<22}{'':<9}{'recall@100':>11}{'p50 ms':>9}{'p95 ms':>9}{'cpu':>8}{'statements':>12}")
    for share in SHARES:
        for kind in KINDS if share < 1 else ("everything",):
            cases = cases_of(world, kind, share, arguments.queries)
            for way, ask in asked.items():
                print(f"{f'{share:.2%} {kind}':<22}{way:<9}{measure(world, ask, cases)}", flush=True)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def cases_of(world: World, kind: str, share: float, count: int) -> list[Case]:
    """The same queries for each kind of filter."""
    rng = np.random.default_rng(3)
    return [draw(world, rng, kind, share) for _ in range(count)]


def draw(world: World, rng: np.random.Generator, kind: str, share: float) -> Case:
    topic = int(rng.integers(TOPICS))
    words = world.seen(world.topics[topic] + 0.6 * rng.normal(size=world.topics.shape[1]), rng)
    query = world.query(words)
    if kind == "everything":
        return Case(words, query, topic, "", np.ones(world.rows, bool))
    if kind == "independent":
        below = int(share * 10_000)
        return Case(words, query, topic, f"kept:{below}", world.luck < below)
    order = np.argsort(unit(world.topics @ world.projection) @ words)[:: -1 if kind == "with" else 1]
    kept = order[: max(1, round(share * TOPICS))]
    below = min(10_000, round(share * TOPICS * 10_000))
    mask = np.isin(world.topic, kept) & (world.luck < below)
    return Case(words, query, topic, f"kept:{below}," + ",".join(str(one) for one in sorted(kept)), mask)


def ways() -> dict[str, Callable[[Case], Any]]:
    """What is measured: each takes a case and gives what it found."""
    from media_index import plugins
    from media_index.models import Encoder
    from media_index.search import asking
    from media_index.search.engine import search
    from media_index.search.facets import divided
    from media_index.search.filters.base import Filter, Scope
    from media_index.search.vectors.nearest import nearest
    from media_index.search.vectors.text_side import Asked
    from people.models import Member

    encoder, member = Encoder.objects.get(name="bench"), Member.objects.get(username="bench")
    plugins.filters()["kept"] = Filter("kept", "kept:5", "", lambda value, _: condition(value), lambda value: value)

    class Given:
        """In the place of the text model: the vector that is at hand."""

        vector = np.zeros(0)

        def ask(self, *_: object) -> Asked:
            return Asked(self.vector)

    given = Given()
    asking.TEXT_SIDE = given

    def by_vector(case: Case) -> list[int]:
        media = Scope.of(member).media
        media = media.filter(condition(case.typed.removeprefix("kept:"))) if case.typed else media
        return [one.media_id for one in nearest(media, encoder, case.vector, limit=LIMIT)]

    def by_words(case: Case) -> None:
        given.vector = case.vector
        search(f"thing{case.topic} {case.typed}", Scope.of(member), limit=LIMIT)

    def facets(case: Case) -> None:
        given.vector = case.vector
        divided(f"thing{case.topic} {case.typed}", Scope.of(member))

    return {"nearest": by_vector, "search": by_words, "facets": facets}


def condition(value: str) -> Any:
    """``BELOW,TOPIC,TOPIC,...`` as a condition on media: their height tells their luck, their width their topic."""
    from django.db.models import Q

    below, *topics = (int(part) for part in value.split(","))
    found = Q(height__lt=below)
    return found & Q(width__in=topics) if topics else found


def measure(world: World, ask: Callable[[Case], Any], cases: list[Case]) -> str:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times, works, recalls = [], [], []
    for case in cases:
        began, worked = time.perf_counter(), server_ms()
        found = ask(case)
        times.append((time.perf_counter() - began) * 1000)
        works.append(server_ms() - worked)
        if found is not None:
            recalls.append(recall(world, case, {one - 1 for one in found}))
    counts = []
    for case in cases[:5]:
        with CaptureQueriesContext(connection) as captured:
            ask(case)
        counts.append(len(captured))
    told = f"{np.mean(recalls):>11.3f}" if recalls else f"{'':>11}"
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    said = f"{min(counts)}..{max(counts)}" if min(counts) < max(counts) else str(counts[0])
    return f"{told}{statistics.median(times):>9.1f}{p95:>9.1f}{statistics.median(works):>8.1f}{said:>12}"


def server_ms() -> float:
    """Milliseconds that the server's process of this connection has worked so far (Linux)."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def recall(world: World, case: Case, found: set[int]) -> float:
    """The share of the nearest that was found."""
    similar = np.where(case.keep, world.similarities(case.vector), -2)
    best = np.argpartition(-similar, LIMIT)[:LIMIT]
    wanted = {int(one) for one in best if case.keep[one]}
    return len(found & wanted) / len(wanted) if wanted else float(not found)


if __name__ == "__main__":
    main()
