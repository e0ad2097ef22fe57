"""From one encoder to the next and back, on real photos of one colour and encoders that know colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django_q.models import OrmQ

from media_index import encoder_service, selectors
from media_index.encoder_service import (
    encoder_activate,
    encoder_build,
    encoder_ensure_default,
    encoder_missing,
    encoder_named,
    encoder_remove,
    encoder_rollback,
)
from media_index.encoders.base import EncoderError
from media_index.models import Embedding, Encoder, Extraction, Media, Source
from media_index.runner import Runner
from media_index.search.engine import active_encoder, search
from media_index.search.filters.base import Scope
from media_index.search.vectors.vector_index import index_name
from tests.factories import MediaFactory
from tests.media_index.colour_encoder import LARGE, SMALL

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
Scan = Callable[[], Source]
State = Encoder.State


@pytest.fixture
def worker(colours: Encoder) -> Iterator[Runner]:
    one = Runner()
    yield one
    one.close()


@pytest.fixture
def indexed(worker: Runner, photo: Write, scanned: Scan) -> Runner:
    """A red and a blue photo, with their vectors by the active encoder."""
    photo("red.jpg", "red"), photo("blue.jpg", "blue")
    scanned()
    worker.run_until_done()
    connection.check_constraints()  # or no index can be made in this transaction
    return worker


def states() -> dict[str, str]:
    return dict(Encoder.objects.values_list("name", "state"))


def vectors(encoder: Encoder) -> dict[str, list[float]]:
    """The rounded vectors of an encoder by the photo's path."""
    rows = Embedding.objects.filter(encoder=encoder).values_list("media__locations__path", "vector")
    return {path: [round(number, 1) for number in vector] for path, vector in rows}


def best(text: str) -> str | None:
    first = next(iter(search(text, Scope.everything()).hits), None)
    return first and Media.objects.get(pk=first.media_id).locations.get().path


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'embedding_hnsw_%'")
        return {name for (name,) in cursor.fetchall()}


class TestDefault:
    def test_is_made_once(self) -> None:
        first = encoder_ensure_default()
        assert (first.name, first.state, first.dimensions) == ("bundled", State.ACTIVE, 385)
        assert first.activated_at is not None
        assert encoder_ensure_default() == first == Encoder.objects.get() == active_encoder()
        assert indexes() == {index_name(first)}

    def test_another_one_that_is_active_stays(self, colours: Encoder) -> None:
        assert encoder_ensure_default() == colours
        assert states() == {SMALL: State.ACTIVE}

    def test_is_active_again_where_none_is(self) -> None:
        default = encoder_ensure_default()
        Encoder.objects.update(state=State.PREVIOUS)
        assert encoder_ensure_default() == default
        assert active_encoder() == default


class TestBuild:
    def test_plans_its_work_beside_the_active_one(self, indexed: Runner) -> None:
        large = encoder_build(LARGE)
        assert states() == {SMALL: State.ACTIVE, LARGE: State.BUILDING}
        assert encoder_missing(large) == 2
        assert encoder_missing(active_encoder()) == 0
        assert best("blue") == "blue.jpg"
        assert index_name(large) in indexes()

    def test_vectors_lie_side_by_side(self, indexed: Runner) -> None:
        small, large = active_encoder(), encoder_build(LARGE)
        indexed.run_until_done()
        assert encoder_missing(large) == 0
        assert vectors(small) == {"red.jpg": [1, 0, 0], "blue.jpg": [0, 0, 1]}
        assert vectors(large) == {path: [*vector, 0, 0, 0, 0, 0] for path, vector in vectors(small).items()}
        assert best("blue") == "blue.jpg"
        assert search("blue", Scope.everything(), encoder=large).count == 2

    def test_twice_is_once(self, indexed: Runner) -> None:
        assert encoder_build(LARGE) == encoder_build(LARGE)
        assert Extraction.objects.filter(extractor="embedding").count() == 4

    def test_of_the_active_one_leaves_it_active(self, indexed: Runner) -> None:
        assert encoder_build(SMALL).state == State.ACTIVE

    def test_of_an_unknown_one_makes_nothing(self, indexed: Runner) -> None:
        with pytest.raises(EncoderError, match="no encoder 'colour:none'"):
            encoder_build("colour:none")
        assert states() == {SMALL: State.ACTIVE}

    @pytest.mark.django_db(transaction=True)
    def test_wakes_the_worker_after_the_commit(self, colours: Encoder) -> None:
        MediaFactory()
        encoder_build(LARGE)
        assert OrmQ.objects.filter(key="ml").count() == 1


class TestActivate:
    def test_refuses_while_vectors_are_missing(self, indexed: Runner) -> None:
        large = encoder_build(LARGE)
        with pytest.raises(EncoderError, match="2 photos have no vector of colour:large@1 yet") as raised:
            encoder_activate(large)
        assert "\n" not in str(raised.value)
        assert states() == {SMALL: State.ACTIVE, LARGE: State.BUILDING}

    def test_changes_when_all_are_there(self, indexed: Runner) -> None:
        large = encoder_build(LARGE)
        indexed.run_until_done()
        encoder_activate(large)
        assert states() == {SMALL: State.PREVIOUS, LARGE: State.ACTIVE}
        assert best("blue") == "blue.jpg"

    def test_force_does_it_all_the_same(self, indexed: Runner) -> None:
        encoder_activate(encoder_build(LARGE), force=True)
        assert [hit.why for hit in search("blue", Scope.everything()).hits] == [("file name: blue.jpg",)]
        assert search("green", Scope.everything()).hits == ()
        indexed.run_until_done()
        assert best("blue") == "blue.jpg"

    def test_a_photo_that_failed_does_not_hold_it_up(self, indexed: Runner) -> None:
        large = encoder_build(LARGE)
        Extraction.objects.filter(version=large.extractor_version).update(state=Extraction.State.FAILED)
        encoder_activate(large)
        assert active_encoder() == large

    def test_one_left_behind_lacks_what_came_since(self, indexed: Runner, photo: Write, scanned: Scan) -> None:
        small, large = active_encoder(), encoder_build(LARGE)
        indexed.run_until_done()
        encoder_activate(large)
        photo("green.jpg", "green")
        scanned()
        indexed.run_until_done()
        assert (encoder_missing(small), encoder_missing(large)) == (1, 0)
        small.refresh_from_db()
        with pytest.raises(EncoderError, match="1 photos have no vector of colour:small@1 yet"):
            encoder_activate(small)
        connection.check_constraints()
        assert encoder_build(SMALL).state == State.BUILDING
        indexed.run_until_done()
        encoder_activate(encoder_named(SMALL))
        assert best("green") == "green.jpg"


class TestRollback:
    def test_without_one_before(self, colours: Encoder) -> None:
        with pytest.raises(EncoderError, match="no encoder to go back to"):
            encoder_rollback()

    def test_plans_what_came_since(self, indexed: Runner, photo: Write, scanned: Scan) -> None:
        small = active_encoder()
        encoder_activate(encoder_build(LARGE), force=True)
        photo("green.jpg", "green")
        scanned()
        indexed.run_until_done()
        assert "green.jpg" not in vectors(small)
        assert encoder_rollback() == small
        assert states() == {SMALL: State.ACTIVE, LARGE: State.PREVIOUS}
        assert encoder_missing(small) == 1
        indexed.run_until_done()
        assert best("green") == "green.jpg"

    def test_twice_goes_forth_again(self, indexed: Runner) -> None:
        encoder_activate(encoder_build(LARGE), force=True)
        assert [encoder_rollback().name, encoder_rollback().name] == [SMALL, LARGE]

    def test_work_of_the_one_left_does_not_wait_for_ever(self, indexed: Runner) -> None:
        encoder_activate(encoder_build(LARGE), force=True)
        encoder_rollback()
        assert selectors.progress().pending == 0
        indexed.run_until_done()
        large = encoder_named(LARGE)
        assert vectors(large) == {}
        assert encoder_missing(large) == 2


class TestRemove:
    def test_drops_rows_work_and_index(self, indexed: Runner) -> None:
        large = encoder_build(LARGE)
        indexed.run_until_done()
        name, version = index_name(large), large.extractor_version
        assert encoder_remove(large) == 2
        assert states() == {SMALL: State.ACTIVE}
        assert name not in indexes()
        assert not Extraction.objects.filter(version=version).exists()
        assert Embedding.objects.count() == 2

    def test_refuses_the_active_one(self, indexed: Runner) -> None:
        with pytest.raises(EncoderError, match="colour:small@1 is in use"):
            encoder_remove(active_encoder())
        assert Embedding.objects.count() == 2

    def test_a_row_read_before_it_became_active_is_refused_as_well(self, indexed: Runner) -> None:
        before = encoder_build(LARGE)
        encoder_activate(encoder_named(LARGE), force=True)
        with pytest.raises(EncoderError, match="colour:large@1 is in use"):
            encoder_remove(before)
        assert active_encoder().name == LARGE


def test_names_are_those_that_were_built_here(colours: Encoder) -> None:
    assert encoder_named(SMALL) == colours
    with pytest.raises(EncoderError, match=r"no encoder 'colour:large' .*there are: colour:small@1.*models build"):
        encoder_named(LARGE)


def test_the_module_offers_nothing_that_is_not_tried_here() -> None:
    from tests.media_index import test_encoder_upgrade

    offered = {name for name in vars(encoder_service) if name.startswith("encoder_")}
    assert offered <= set(globals()) | set(vars(test_encoder_upgrade))
