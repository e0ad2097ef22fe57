"""How votes re-order results, and whose votes count for which query."""

from __future__ import annotations

import numpy as np
import pytest

from media_index.feedback_service import Shown, vote_set
from media_index.models import Embedding, Encoder, Feedback, Media, Source
from media_index.search import votes as votes_module
from media_index.search.answers import Found, Hit
from media_index.search.engine import search
from media_index.search.feedback import DEPTH, HINT_PLACES, HINTED, SAID, Votes, revised
from media_index.search.filters.base import Scope
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, SourceFactory
from tests.media_index import colour_encoder
from tests.media_index.views.test_thumbs import vote_on


def answer(hits: int, nearest: int = 0) -> Found:
    made = [Hit(one, None, 1 - one / 1000, ("why",)) for one in range(hits + nearest)]
    return Found("dog", hits=tuple(made[:hits]), nearest=tuple(made[hits:]))


def ids(hits: tuple[Hit, ...]) -> list[int]:
    return [hit.media_id for hit in hits]


class TestOrder:
    def test_without_votes_nothing_is_touched(self) -> None:
        found = answer(5)
        assert revised(found, Votes(), 2) is found

    def test_not_this_is_no_match_and_comes_last(self) -> None:
        found = revised(answer(4, 2), Votes(same={0: -1}), 10)
        assert (ids(found.hits), ids(found.nearest)) == ([1, 2, 3], [4, 5, 0])
        assert found.nearest[-1].why == (SAID[-1], "why") and found.nearest[-1].vote == -1

    def test_this_comes_first_even_if_it_was_no_match(self) -> None:
        found = revised(answer(4, 2), Votes(same={3: 1, 5: 1}), 10)
        assert (ids(found.hits), ids(found.nearest)) == ([3, 5, 0, 1, 2], [4])
        assert found.hits[0].why == (SAID[1], "why") and found.hits[0].vote == 1

    def test_for_a_query_like_it_a_vote_is_a_hint(self) -> None:
        found = revised(answer(60), Votes(like={2: -1, 40: 1}), 60)
        order = ids(found.hits)
        # The one that passes another on its way counts for a place.
        assert order.index(2) == 2 + HINT_PLACES[-1] and order.index(40) == 40 - HINT_PLACES[1]
        assert found.hits[order.index(2)].why == ("why", HINTED[-1]) and found.hits[order.index(2)].vote == 0
        others = [one for one in order if one not in (2, 40)]
        assert others == sorted(others)

    def test_hints_end_at_the_ends(self) -> None:
        found = revised(answer(3, 2), Votes(like={0: -1, 4: 1}), 5)
        assert (ids(found.hits), ids(found.nearest)) == ([1, 0, 2], [4, 3])

    def test_a_page_does_not_depend_on_where_it_ends(self) -> None:
        votes = Votes(same={3: -1, 90: 1}, like={5: -1, 60: 1})
        whole = revised(answer(120, 30), votes, 150)
        every = ids(whole.hits) + ids(whole.nearest)
        assert sorted(every) == list(range(150))
        for limit in (1, 10, 60, 119, 130):
            part = revised(answer(120, 30), votes, limit)
            assert ids(part.hits) + ids(part.nearest) == every[:limit]

    def test_how_deep_to_look(self) -> None:
        assert (Votes().depth(20), Votes(same={1: 1}).depth(20)) == (20, DEPTH)
        assert Votes(like={1: 1}).depth(DEPTH + 1) == DEPTH + 1


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


@pytest.fixture
def red_photos(colours: Encoder) -> list[Media]:
    """From the reddest to the bluest."""
    source: Source = SourceFactory()
    photos = MediaFactory.create_batch(6, sources=[source])
    for at, photo in enumerate(photos):
        vector = np.array([1 - at / 10, 0, at / 10], np.float32)
        Embedding.objects.create(media=photo, encoder=colours, vector=vector / np.linalg.norm(vector))
    return photos


def found(query: str, member: object | None) -> list[int]:
    return [hit.media_id for hit in search(query, Scope.of(member) if member else Scope.everything()).hits]


class TestWhoseVotes:
    def test_for_the_same_query_of_this_member_alone(self, member: Member, red_photos: list[Media]) -> None:
        first = red_photos[0].pk
        assert found("red", member)[0] == first
        vote_on("red", red_photos[0], -1, member)
        assert first not in found("red", member) and len(found("red", member)) == 5
        assert first in [hit.media_id for hit in search("RED", Scope.of(member)).nearest]
        assert found("red", MemberFactory())[0] == first
        assert found("red", None)[0] == first

    def test_the_why_says_so(self, member: Member, red_photos: list[Media]) -> None:
        vote_on("red", red_photos[5], 1, member)
        top = search("red", Scope.of(member)).hits[0]
        assert (top.media_id, top.why[0], top.vote) == (red_photos[5].pk, "you said: this", 1)

    def test_with_filters_it_is_another_query(self, member: Member, red_photos: list[Media]) -> None:
        vote_on("red", red_photos[0], -1, member)
        assert found("red type:photo", member)[0] == red_photos[0].pk

    def test_for_filters_alone_too(self, member: Member, red_photos: list[Media]) -> None:
        before = found("type:photo", member)
        vote_on("type:photo", red_photos[0], 1, member)
        assert found("type:photo", member) == [red_photos[0].pk, *(one for one in before if one != red_photos[0].pk)]

    def test_for_queries_that_mean_nearly_the_same(
        self, member: Member, red_photos: list[Media], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(votes_module.LIKE, colour_encoder.SMALL, 0.99)
        vote_on("red", red_photos[0], -1, member)
        assert found("a red one", member)[1] == red_photos[0].pk
        assert "you said for a search like this: not this" in search("a red one", Scope.of(member)).hits[1].why
        assert found("blue", member)[-1] == red_photos[0].pk
        assert not any("you said" in why for hit in search("blue", Scope.of(member)).hits for why in hit.why)

    def test_of_another_encoder_only_the_same_query_counts(self, member: Member, red_photos: list[Media]) -> None:
        vote_on("red", red_photos[0], -1, member)
        Feedback.objects.update(encoder_key="other@1")
        assert red_photos[0].pk not in found("red", member)
        assert found("a red one", member)[0] == red_photos[0].pk

    def test_taken_back(self, member: Member, red_photos: list[Media]) -> None:
        before = found("red", member)
        vote_on("red", red_photos[0], -1, member)
        vote_on("red", red_photos[0], 0, member)
        assert found("red", member) == before and not Feedback.objects.exists()

    def test_what_is_kept(self, member: Member, red_photos: list[Media], colours: Encoder) -> None:
        vote_on("red", red_photos[1], -1, member)
        vote_on("red", red_photos[1], 1, member)
        row = Feedback.objects.get()
        assert (row.query, row.canonical, row.vote, row.rank) == ("red", "~red", 1, 6)
        assert row.encoder_key == colours.key and row.score == pytest.approx(0.994, abs=0.01)
        assert np.linalg.norm(np.asarray(row.text_vector, np.float32)) == pytest.approx(1, abs=1e-2)

    def test_a_vote_without_words_has_no_vector(self, member: Member, red_photos: list[Media]) -> None:
        shown = Shown("type:photo", "type:photo", red_photos[0].pk, None, "", 1.0, None, 1)
        vote_set(member_id=member.pk, shown=shown, media=red_photos[0], vote=1, scope=Scope.of(member))
        assert Feedback.objects.get().text_vector is None
