"""Pages of a household with 200,000 photos: time in the server and statements, beside an empty page in the same run.

    .venv/bin/python -m research.bench.pages [--rows 200000] [--rounds 40] [--keep FOLDER] [--only NAME] [--as guest]

Makes a database of its own in a folder that goes away again (``--keep`` names one that stays, and is used again); see
:mod:`research.bench.pages_world`. Pages are asked for in this process, through all of Django's layers, in turns, so
that other work on the machine falls on all of them alike. ``ratio`` is the median by that of an empty page; ``cpu``
are the milliseconds that this process and its server's worked, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from research.bench.database import own_database

PARTS = {"headers": {"HX-Request": "true"}}
EMPTY = "empty page"

Address = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds by the clock and of the processor, statements, and bytes (not compressed) of one page."""

    took: float
    cpu: float
    statements: int
    size: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the database there, and use it again")
    parser.add_argument("--only", action="append", metavar="NAME", help="pages whose name holds this; all unless said")
    parser.add_argument("--as", dest="member", default="bench", choices=("bench", "guest", "stranger"))
    arguments = parser.parse_args()
    with own_database(arguments.keep):
        import django

        django.setup()
        from django.core.management import call_command

        from research.bench import pages_world

        call_command("collectstatic", interactive=False, verbosity=0)
        pages_world.ensure(arguments.rows)
        bench(arguments)


def bench(arguments: argparse.Namespace) -> None:
    from django.test import Client

    from people.models import Member

    client = Client(SERVER_NAME="127.0.0.1")
    member = Member.objects.get(username=arguments.member)
    client.force_login(member)
    nobody = Client(SERVER_NAME="127.0.0.1")
    nobody.force_login(Member.objects.get_or_create(username="nobody")[0])
    wanted = {
        name: address
        for name, address in addresses(random.Random(3), member).items()
        if not arguments.only or any(part in name for part in arguments.only)
    }
    found: dict[str, list[Asked]] = defaultdict(list)
    for turn in range(arguments.rounds + 1):
        answers = {EMPTY: ask(nobody, "/", is_part=False)}
        answers |= {name: ask(client, address(), is_part="part" in name) for name, address in wanted.items()}
        for name, answer in answers.items() if turn else ():  # the first fills caches of the process
            found[name].append(answer)
    print(f"{'page':<18}{'p50 ms':>8}{'p95 ms':>8}{'ratio':>7}{'cpu ms':>8}{'statements':>12}{'kB':>6}")
    middle = statistics.median(one.took for one in found[EMPTY])
    for name, asked in found.items():
        print(f"{name:<18}{row(asked, middle)}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def row(asked: list[Asked], middle: float) -> str:
    times = [one.took for one in asked]
    counts = sorted({one.statements for one in asked})
    said = "-".join(str(count) for count in sorted({counts[0], counts[-1]}))
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    cpu, size = statistics.median(one.cpu for one in asked), max(one.size for one in asked)
    return f"{p50:8.1f}{p95:8.1f}{p50 / middle:7.1f}{cpu:8.1f}{said:>12}{size / 1000:6.0f}"


def ask(client: Any, address: str, *, is_part: bool) -> Asked:
    from django.db import connection

    counted = 0

    def count(execute: Callable[..., object], *values: object) -> object:
        nonlocal counted
        counted += 1
        return execute(*values)

    began, worked = time.perf_counter(), _worked()
    with connection.execute_wrapper(count):
        response = client.get(address, **(PARTS if is_part else {}))
    took, cpu = time.perf_counter() - began, _worked() - worked
    assert response.status_code == 200, (address, response.status_code)
    return Asked(1000 * took, 1000 * cpu, counted, len(response.content))


def _worked() -> float:
    """Seconds of the processor that this process and its server's (not the parallel workers of that) have used."""
    from django.db import connection

    connection.ensure_connection()
    nanoseconds = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    return time.process_time() + int(nanoseconds) / 1e9


def addresses(luck: random.Random, member: Any) -> dict[str, Address]:
    """Each page, by what makes its next address. A name with "part" in it is asked for as a script does."""
    from django.urls import NoReverseMatch, reverse

    from media_index.models import Album, Media, Tag
    from media_index.views.keyset import Key
    from people.models import Person

    keys = [Key(*row) for row in Media.objects.order_by("?").values_list("taken_at", "pk")[:300]]

    def month() -> str:
        return f"{luck.choice(keys).moment:%Y-%m}"

    found: dict[str, Address] = {
        "library": lambda: "/",
        "jump": lambda: f"/?at={month()}",
        "jump (part)": lambda: f"/?at={month()}",
        "jump to a day": lambda: f"/?at={luck.choice(keys).moment:%Y-%m-%d}",
        "older (part)": lambda: f"/?after={luck.choice(keys)}",
        "newer (part)": lambda: f"/?before={luck.choice(keys)}",
        "months (part)": lambda: reverse("library-dates"),
    }
    for name in ("recent", "favourites", "archive", "hidden", "trash", "other-files", "album-list", "tag-list",
                 "person-list", "folder-list", "memories", "duplicates", "map", "changes"):  # fmt: skip
        found[name] = lambda name=name: reverse(name)  # type: ignore[misc]
    of = {"album-detail": Album, "tag-detail": Tag, "person-detail": Person}
    for name, model in of.items():
        ids = list(model.objects.values_list("pk", flat=True))
        found[name] = lambda name=name, ids=ids: reverse(name, args=[luck.choice(ids)])  # type: ignore[misc]
    seen = Media.objects.visible_to(member).in_timeline().filter(has_preview=True)
    ids = list(seen.newest_first().values_list("pk", flat=True)[:20_000:100])
    found["media-detail"] = lambda: reverse("media-detail", args=[luck.choice(ids)])
    found |= {
        "map clusters": lambda: f"{reverse('map-clusters')}?{looked_at(luck)}",
        "map clusters, q": lambda: f"{reverse('map-clusters')}?{looked_at(luck)}&q=year:2010..2015",
        "map photos": lambda: f"{reverse('map-photos')}?{looked_at(luck)}",
    }

    def there(address: Address) -> bool:
        try:
            address()
        except NoReverseMatch:
            return False
        return True

    return {name: address for name, address in found.items() if there(address)}


def looked_at(luck: random.Random) -> str:
    """A piece of the map as a window of 1,280 by 700 pixels shows it at some zoom, over one of the photos' places (see
    :mod:`research.bench.pages_world`)."""
    zoom = luck.randint(1, 14)
    width = min(360.0, 1280 / 256 / 2**zoom * 360)
    latitude, longitude = luck.uniform(30, 50), luck.uniform(0, 30)
    south, north = max(-85.0, latitude - width * 0.27), min(85.0, latitude + width * 0.27)
    west, east = max(-180.0, longitude - width / 2), min(180.0, longitude + width / 2)
    return f"area={south:.4f},{west:.4f},{north:.4f},{east:.4f}&zoom={zoom}"


if __name__ == "__main__":
    main()
