"""Pages of a household with 200,000 photos: time in the server and statements, beside an empty page in the same run.

    .venv/bin/python -m research.bench.pages [--rows 200000] [--rounds 40] [--keep FOLDER] [--only NAME] [--as guest]

Makes a database of its own in a folder that goes away again (``--keep`` names one that stays, and is used again); see
:mod:`research.bench.pages_world`. Pages are asked for in this process, through all of Django's layers, in turns, so that
other work on the machine falls on all of them alike. ``ratio`` is the median by that of an empty page.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from research.bench.database import own_database

PARTS = {"headers": {"HX-Request": "true"}}
EMPTY = "empty page"

Address = Callable[[], str]


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
    client.force_login(Member.objects.get(username=arguments.member))
    nobody = Client(SERVER_NAME="127.0.0.1")
    nobody.force_login(Member.objects.get_or_create(username="nobody")[0])
    wanted = {
        name: address
        for name, address in addresses(random.Random(3)).items()
        if not arguments.only or any(part in name for part in arguments.only)
    }
    times: dict[str, list[float]] = defaultdict(list)
    statements: dict[str, set[int]] = defaultdict(set)
    sizes: dict[str, int] = defaultdict(int)
    for turn in range(arguments.rounds + 1):
        took, _count, _size = ask(nobody, "/", False)
        times[EMPTY].append(took)
        for name, address in wanted.items():
            took, count, size = ask(client, address(), "part" in name)
            if turn:  # the first fills caches of the process
                times[name].append(took)
                statements[name].add(count)
                sizes[name] = max(sizes[name], size)
    print(f"{'page':<24}{'p50 ms':>8}{'p95 ms':>8}{'ratio':>7}{'statements':>12}{'kB':>7}")
    middle = statistics.median(times[EMPTY][1:])
    for name, found in times.items():
        p95 = statistics.quantiles(found, n=20)[-1]
        counts = "-".join(str(count) for count in sorted({min(statements[name]), max(statements[name])})) if statements[name] else ""
        print(
            f"{name:<24}{statistics.median(found):8.1f}{p95:8.1f}{statistics.median(found) / middle:7.1f}{counts:>12}"
            f"{sizes[name] / 1000:7.0f}"
        )
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def ask(client: object, address: str, is_part: bool) -> tuple[float, int, int]:
    """Milliseconds, statements and bytes (not compressed) of one page."""
    from django.db import connection

    counted = 0

    def count(execute: Callable[..., object], *values: object) -> object:
        nonlocal counted
        counted += 1
        return execute(*values)

    began = time.perf_counter()
    with connection.execute_wrapper(count):
        response = client.get(address, **(PARTS if is_part else {}))  # type: ignore[attr-defined]
    took = 1000 * (time.perf_counter() - began)
    assert response.status_code == 200, (address, response.status_code)
    return took, counted, len(response.content)


def addresses(luck: random.Random) -> dict[str, Address]:
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
    ids = list(Media.objects.in_timeline().filter(has_preview=True).values_list("pk", flat=True)[:20_000:100])
    found["media-detail"] = lambda: reverse("media-detail", args=[luck.choice(ids)])

    def there(address: Address) -> bool:
        try:
            address()
        except NoReverseMatch:
            return False
        return True

    return {name: address for name, address in found.items() if there(address)}


if __name__ == "__main__":
    main()
