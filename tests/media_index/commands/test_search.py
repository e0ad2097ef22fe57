"""``manage.py search``."""

from __future__ import annotations

import pytest

from media_index.models import Embedding, Encoder, Label
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from tests.factories import LocationFactory, MemberFactory
from tests.media_index.colour_encoder import LARGE
from tests.media_index.commands.conftest import Shelf, embed
from tests.media_index.commands.running import both, document, failure, run


def paths(query: str, *options: str) -> list[str]:
    return [result["path"] for result in document("search", query, *options)["results"]]


def test_best_first_for_people(shelf: Shelf) -> None:
    Label.objects.create(media=shelf.photos["blue.jpg"], name="blue sky", score=0.9)
    lines = run("search", "blue").splitlines()
    assert lines[0] == "1.579  blue.jpg  (shows: blue sky, file name: blue.jpg)"
    assert len(lines) == 3


def test_as_a_document(shelf: Shelf) -> None:
    answer = document("search", "blue type:photo year:soon", "--limit", "1")
    assert list(answer) == [
        *("query", "understood", "problems", "count", "results", "nearest", "translated", "caution", "meant", "offers"),
    ]
    assert (answer["query"], answer["understood"], answer["count"]) == ("blue type:photo year:soon", ["only photos"], 1)
    assert [(one["position"], one["message"][:5]) for one in answer["problems"]] == [(16, "year:")]
    assert answer["results"] == [
        {
            "id": shelf.photos["blue.jpg"].pk,
            "source": "Diary",
            "path": "blue.jpg",
            "kind": "image",
            "moment": None,
            "score": pytest.approx(1.2, abs=1e-3),
            "probability": None,
            "why": ["file name: blue.jpg", "only photos"],
            "stack": shelf.photos["blue.jpg"].pk,
        }
    ]


def test_nothing_found_is_no_failure(shelf: Shelf) -> None:
    assert run("search", "year:1900") == ""
    assert document("search", "year:1900")["results"] == []


def test_what_cannot_be_read_is_told_beside_the_results(shelf: Shelf) -> None:
    output, errors = both("search", "red year:soon")
    assert errors == "at 5: year: wants a year or a range of years, like 2019 or 2019..2021\n"
    assert len(output.splitlines()) == 3


def test_a_mistyped_filter_is_asked_about(shelf: Shelf) -> None:
    _, errors = both("search", "red yaer:2020")
    assert "Did you mean: red year:2020\n" in errors
    assert document("search", "red yaer:2020")["meant"] == "red year:2020"


def test_a_member_finds_what_they_may_see(shelf: Shelf) -> None:
    assert set(paths("blue")) == set(paths("blue", "--user", "anna")) == {"trip/red.jpg", "green.jpg", "blue.jpg"}
    assert set(paths("blue", "--user", "ben")) == {"trip/red.jpg", "green.jpg"}
    assert paths("source:diary", "--user", "ben") == []


def test_a_members_result_tells_no_place_of_somebody_else(shelf: Shelf) -> None:
    LocationFactory(source=shelf.diary, media=shelf.photos["green.jpg"], path="secret.jpg")
    (result,) = document("search", "green", "--user", "ben", "--limit", "1")["results"]
    assert (result["source"], result["path"]) == ("Family", "green.jpg")


def test_a_member_who_was_switched_off_finds_nothing(shelf: Shelf) -> None:
    MemberFactory(username="gone", is_active=False)
    assert paths("blue", "--user", "gone") == []


def test_the_same_path_in_two_sources_is_told_with_its_source(shelf: Shelf) -> None:
    LocationFactory(source=shelf.diary, path="green.jpg", media=shelf.photos["blue.jpg"])
    assert paths("green", "--limit", "1") == ["Family:green.jpg"]
    assert paths("green", "--limit", "1", "--user", "ben") == ["green.jpg"], "ben must not learn of the other one"


def test_by_another_encoder(shelf: Shelf) -> None:
    other = Encoder.objects.create(name=LARGE, version="1", dimensions=8)
    embed(other, shelf.photos["green.jpg"], "green")
    assert paths("blue", "--encoder", LARGE) == ["blue.jpg", "green.jpg"], "by its name, and by its vector"
    assert failure("search", "blue", "--encoder", "colour:none").startswith("no encoder 'colour:none' has been built")


def test_what_is_no_text_at_all(shelf: Shelf) -> None:
    answer = document("search", "caf\udce9")
    assert answer["query"] == "caf?"
    str(answer).encode()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["blue", "--user", "carl"], "there is no member called 'carl'"),
        (["blue", "--limit", "0"], "--limit wants a number from 1"),
    ],
)
def test_bad_arguments(shelf: Shelf, arguments: list[str], message: str) -> None:
    assert failure("search", *arguments) == message


def test_text_that_cannot_be_searched_is_a_failure(shelf: Shelf) -> None:
    Encoder.objects.update(name="colour:gone")
    assert failure("search", "blue") == "there is no encoder 'colour:gone' here"
    assert len(paths("type:photo")) == 3


def test_it_is_what_the_pages_find(shelf: Shelf) -> None:
    hits = search("red", Scope.everything()).hits
    assert [one["id"] for one in document("search", "red")["results"]] == [hit.media_id for hit in hits]
    assert Embedding.objects.count() == len(hits)


def test_where_nothing_is_found_what_to_leave_out(shelf: Shelf) -> None:
    out, err = both("search", "type:photo year:1950")
    assert out == ""
    assert "without “year:1950” there are 3: type:photo" in err
    (offer,) = document("search", "type:photo year:1950")["offers"]
    assert offer == {"without": "taken in 1950", "query": "type:photo", "count": 3}
