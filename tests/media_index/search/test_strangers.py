"""Whatever somebody asks, the answer is that of a library in which what he may not see does not exist.

Random households are asked twice: as they are, and again when all that the one who asks may not see is gone. The
answers must be equal to the letter, whatever they are made of: hits, counts, chips, problems, explanations, what search
offers instead, pages. A new surface is one more line in ``SURFACES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.test import Client

from media_index import plugins
from media_index.models import Encoder, Location
from media_index.search import engine, facets, finding
from media_index.search.engine import search
from media_index.search.facets import divided
from media_index.search.filters.base import Scope
from media_index.search.naming.per_scope import PerScope
from media_index.search.naming.vocabulary import vocabulary_of
from media_index.search.suggesting import suggestions
from media_index.search.vectors.calibration import Calibration, Relevance
from media_index.search.words import text_match
from people.models import Member
from tests.media_index import colour_encoder
from tests.media_index.search.strangers_world import (
    CAMERAS,
    FILES,
    FOLDERS,
    LABELS,
    SOURCES,
    World,
    draw,
    forget_everything,
    forget_what_is_not_seen,
    forget_what_is_put_away,
)

pytestmark = pytest.mark.django_db
SEEDS = range(4)
ASKED = 7
"""Queries of each kind that a world is asked."""

WORDS = (
    "red", "blue dog", "green -snow", "red without candle", "dog", "diary", "lisbn", "lisbon", "letter", "birthday cat",
    "pixel 7", "red or blue", "nothing like this", "img_20190704", "red year:2020 type:photo", "anna", "-dog",
    "green label:cat year:2019", "blue path:diary", "red source:Diary", "blue near:38.72,-9.14", "red nikon",
    "regatta", "zeppelin", "harbor red", "my favourites", "at least 3 stars", "in the trash", "red in:hidden|trash",
    "tagged beach", "marina", "#doctor red", "album summer", "trip to oslo", "travel",
    "greta", "otto and lou", "oma without opa", "in oslo", "budapest dog", "mimi red", "red -greta", "louse",
)  # fmt: skip
FILTERS = (
    *(f'label:"{name}"' for name in LABELS),
    *(f'camera:"{model}"' for _, model in CAMERAS),
    *(f'source:"{name}"' for name in SOURCES),
    *(f'path:"{name}"' for name in FOLDERS),
    *(f"filename:{name}" for name in FILES),
    *("-path:diary", "-source:Diary", "ext:heic", "-ext:jpg", "near:38.72,-9.14", "is:screenshot", "-is:screenshot"),
    *("year:2020", "type:video", "has:gps", "-has:labels", "size:1mb..", "added:2020..", "mp:1..", "christmas 2020"),
    *("person:greta", "only:lou", "faces:0", "faces:2..", "with:greta,lou", "-person:otto", "place:oslo", "country:HU"),
    *("in:trash", "in:hidden|archive", "-in:archive", "rating:3..", "rating:none", "favorite:yes", "-favorite:yes"),
    *("title:regatta", "caption:zeppelin", "has:title", "person:greta in:trash", "in:hidden label:dog"),
    *("tag:travel", "tag:doctor", "-tag:beach", "has:tag", "has:album", 'album:"summer 24"', "album:diary"),
    *('album:"all dogs"', "-album:diary", "tag:diary/doctor type:photo", "tag:marina"),
    *("(path:diary or label:dog) -ext:png", "year:soon", "source:Nowhere", "nosuch:key", "dogs -camera:pixel 2019.."),
)
SUGGESTED = (
    "doc", "tag:", "album:",
    "d", "pix", "camera:", "label:", "source:", "di", "letetr", "anna", "otto", "person:", "place:", "lis",
)  # fmt: skip
SHELVES = ("/archive/", "/hidden/", "/trash/", "/favourites/", "/recent/")
PEOPLE = ("/people/", "/people/review/", "/people/decisions/")


def found(world: World, who: Member, query: str) -> str:
    return repr(search(query, Scope.of(who)))


def page(client: Client, address: str, *, as_json: bool = False) -> tuple[int, str]:
    """The status and what the page says, without what differs from one request to the next."""
    response = client.get(address, headers={"accept": "application/json" if as_json else "text/html"})
    text = "" if response.streaming else response.content.decode()
    return response.status_code, re.sub(r'(nonce|csrfmiddlewaretoken" value|"X-CSRFToken":)[=: ]*"[^"]*"', "", text)


def results_page(client: Client, query: str, **more: str) -> tuple[int, str]:
    return page(client, f"/search/?{urlencode({'q': query, **more})}")


def some(world: World, queries: tuple[str, ...]) -> Iterator[str]:
    """A draw that is the same each time this world is asked."""
    yield from type(world.rng)(len(world.ids)).sample(queries, min(ASKED, len(queries)))


Surface = Callable[[World, Member, Client], Mapping[str, object]]
SURFACES: dict[str, Surface] = {
    "words": lambda world, who, _: {query: found(world, who, query) for query in some(world, WORDS)},
    "filters": lambda world, who, _: {query: found(world, who, query) for query in some(world, FILTERS)},
    "ids": lambda world, who, _: {str(pk): found(world, who, f"id:{pk}") for pk in world.ids},
    "few": lambda world, who, _: {word: repr(search(word, Scope.of(who), limit=2)) for word in ("red", "blue dog")},
    "results": lambda world, who, client: {word: results_page(client, word) for word in ("green dog", "path:diary")},
    "nearest": lambda world, who, client: {"blue": results_page(client, "blue cat", nearest="1")},
    "facets": lambda world, who, _: {
        query: repr(divided(query, Scope.of(who))) for query in ("type:photo|video", "red", "-path:diary")
    },
    "suggestions": lambda world, who, _: {
        typed: repr(suggestions(typed, len(typed), Scope.of(who))) for typed in SUGGESTED
    },
    "names": lambda world, who, _: {"all": repr(sorted(map(repr, vocabulary_of(Scope.of(who)).names)))},
    "library": lambda world, who, client: {where: page(client, where) for where in ("/", "/other-files/")},
    "shelves": lambda world, who, client: {where: page(client, where) for where in SHELVES},
    "changes": lambda world, who, client: {"all": page(client, "/changes/")},
    "json": lambda world, who, client: {
        word: page(client, f"/search/?q={word}", as_json=True) for word in ("red", "oma")
    },
    "ideas": lambda world, who, client: {"all": page(client, "/search/ideas/")},
    "suggested": lambda world, who, client: {"d": page(client, "/search/suggest/?q=d")},
    "divided": lambda world, who, client: {"red dog": page(client, "/search/facets/?q=red+dog")},
    "dates": lambda world, who, client: {q: page(client, f"/search/dates/?q={q}") for q in ("blue", "type:photo")},
    "similar": lambda world, who, _: {one: found(world, who, f"similar:{one[:16]}") for one in world.hashes[:4]},
    "unlike": lambda world, who, _: {one: found(world, who, f"red -similar:{one[:16]}") for one in world.hashes[:3]},
    "own": lambda world, who, client: {where: page(client, where) for where in ("/search/", "/search/improve/")},
    "people": lambda world, who, client: {where: page(client, where) for where in PEOPLE},
    "tags": lambda world, who, client: {
        where: page(client, where) for where in ("/tags/", "/tags/suggest/?q=do", "/tags/suggest/?q=")
    },
    "tag": lambda world, who, client: {
        str(pk): page(client, f"/tags/{pk}/{'edit/' if pk % 2 else ''}") for pk in world.tags
    },
    "albums": lambda world, who, client: {"all": page(client, "/albums/")},
    "album": lambda world, who, client: {
        f"{pk}{more}": page(client, f"/albums/{pk}/{more}") for pk in world.albums for more in ("", "card/")
    },
    "person": lambda world, who, client: {str(pk): page(client, f"/people/{pk}/") for pk in world.persons},
    "photo": lambda world, who, client: {str(pk): page(client, f"/media/{pk}/?q=red") for pk in world.ids[:4]},
}
"""Everything that answers somebody who looks for something: ``(world, who asks, his browser)`` to answers by name."""


@pytest.fixture
def encoder(colours: Encoder, monkeypatch: pytest.MonkeyPatch) -> Encoder:
    """One that knows what matches and what is only nearest."""
    relevance = Relevance(slope=20, intercept=-14, threshold=0.6, cut=0.4)
    calibration = Calibration(np.eye(3, dtype=np.float32), 1, 0.0, relevance=relevance)
    monkeypatch.setattr(colour_encoder, "CALIBRATIONS", {"1": calibration})
    monkeypatch.setattr(engine, "FEW", 1)
    # So few that what is cut off, and by whose photos, shows.
    monkeypatch.setattr(finding, "MOST_LABELLED", 2)
    monkeypatch.setattr(text_match, "MOST_OF_A_LABEL", 1)
    monkeypatch.setattr(text_match, "MOST_OF_A_WORD", 2)
    monkeypatch.setattr(facets, "MOST_RESULTS", 3)
    monkeypatch.setattr(facets, "SAMPLE", 4)
    Encoder.objects.filter(pk=colours.pk).update(dimensions=4)
    colours.refresh_from_db()
    return colours


def ask(world: World, who: Member, surfaces: Mapping[str, Surface] = SURFACES) -> dict[str, Mapping[str, object]]:
    """All answers of the surfaces. Nothing that was kept from an earlier one may stand in for them."""
    cache.clear()
    PerScope.forget()
    client = Client()
    with transaction.atomic():
        client.force_login(who)
        answers = {name: surface(world, who, client) for name, surface in surfaces.items()}
        # What a look leaves behind, as recent searches, is not to be met by the next one.
        transaction.set_rollback(True)
    return answers


def differences(
    one: Mapping[str, Mapping[str, object]], other: Mapping[str, Mapping[str, object]]
) -> list[tuple[str, str]]:
    return [(name, key) for name in one for key in one[name] if one[name][key] != other[name][key]]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_not_seen_changes_no_answer(seed: int, encoder: Encoder) -> None:
    world = draw(seed, encoder)
    before = ask(world, world.stranger)
    forget_what_is_not_seen(world)
    after = ask(world, world.stranger)
    told = {where: (before[where[0]][where[1]], after[where[0]][where[1]]) for where in differences(before, after)}
    assert told == {}


PUT_AWAY = {"words", "filters", "few", "results", "nearest", "facets", "suggestions", "names", "json", "suggested"}
PUT_AWAY |= {"divided", "dates", "similar", "unlike", "people", "person", "favourites"}
"""Surfaces that show nothing of what is hidden or in the trash, unless a query names the shelf."""


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_hidden_or_in_the_trash_changes_no_answer(
    seed: int, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = draw(seed, encoder)
    monkeypatch.setattr(
        f"{__name__}.WORDS", tuple(one for one in WORDS if " in:" not in one and "the trash" not in one)
    )
    monkeypatch.setattr(f"{__name__}.FILTERS", tuple(one for one in FILTERS if "in:" not in one))
    asked = {name: surface for name, surface in SURFACES.items() if name in PUT_AWAY}
    asked["favourites"] = lambda world, who, client: {"all": page(client, "/favourites/")}
    before = ask(world, world.stranger, asked)
    forget_what_is_put_away(world)
    after = ask(world, world.stranger, asked)
    told = {where: (before[where[0]][where[1]], after[where[0]][where[1]]) for where in differences(before, after)}
    assert told == {}


def test_every_surface_tells_the_owner_more(encoder: Encoder) -> None:
    """Who may see some of what the stranger may not misses it when it is gone; else a surface that always answers the
    same would pass."""
    silent = dict(SURFACES)
    for seed in SEEDS:
        world = draw(seed, encoder)
        before = ask(world, world.others[0], silent)
        forget_what_is_not_seen(world, but=world.others[0])
        for name in {name for name, _ in differences(before, ask(world, world.others[0], silent))}:
            del silent[name]
        forget_everything(world)
        if not silent:
            return
    assert not silent


def test_a_filter_that_looks_further_is_noticed(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison finds a leak of one bit: a path that only others may see, of a photo that all may."""

    def leaks(value: str, scope: Scope) -> Q:
        return Q(Exists(Location.objects.filter(media=OuterRef("pk"), path__icontains=value)))

    path = plugins.filters()["path"]
    monkeypatch.setitem(plugins.filters(), "path", replace(path, to_q=leaks))
    asked: dict[str, Surface] = {
        "paths": lambda world, who, _: {name: found(world, who, f'path:"{name}"') for name in FOLDERS}
    }
    noticed = 0
    for seed in SEEDS:
        world = draw(seed, encoder)
        before = ask(world, world.stranger, asked)
        forget_what_is_not_seen(world)
        noticed += bool(differences(before, ask(world, world.stranger, asked)))
        forget_everything(world)
        if noticed:
            return
    assert noticed
