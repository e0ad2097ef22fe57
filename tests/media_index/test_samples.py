"""Pictures that are brought to search with: kept, looked at in isolation, forgotten."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.utils import timezone
from django_q.models import OrmQ
from PIL import Image

from media_index import samples, tasks
from media_index.decoding.pool import DecoderPool
from media_index.models import Encoder, Location, Media, Sample
from media_index.models.sample import SAMPLE_LIFE
from media_index.pausing import work_pause
from media_index.runner import Runner
from media_index.sample_looking import look_at_waiting
from media_index.samples import SampleError, sample_create, sample_file, samples_forget
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.likeness import of_sample
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.search.test_likeness import embed

HOSTILE = b"\xff\xd8\xff\xe0" + b"\0" * 500


def jpeg(colour: str = "red", size: tuple[int, int] = (60, 40)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


@pytest.fixture
def pool() -> Iterator[DecoderPool]:
    with DecoderPool(1, seconds=30, memory_mb=1024, max_pixels=10_000_000) as made:
        yield made


def bring(member: Member, content: bytes = b"") -> Sample | Media:
    return sample_create([content or jpeg()], member_id=member.pk, scope=Scope.of(member))


class TestBringing:
    def test_keeps_it_for_its_owners_eyes_and_wakes_the_worker(
        self, member: Member, django_capture_on_commit_callbacks: object
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            sample = bring(member)
        assert isinstance(sample, Sample)
        file = sample_file(sample.token)
        assert file.read_bytes() == jpeg()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert [task.func() for task in OrmQ.objects.filter(key="ml")] == [samples.LOOK]
        assert not Media.objects.exists() and not Location.objects.exists()

    def test_the_very_file_of_ones_library_is_that_media(self, member: Member) -> None:
        from blake3 import blake3

        photo = MediaFactory(sources=[SourceFactory()], content_hash=blake3(jpeg()).hexdigest())
        assert bring(member) == photo
        assert not Sample.objects.exists() and not list(sample_file("x").parent.iterdir())

    def test_a_strangers_file_is_not_told_of(self, member: Member) -> None:
        from blake3 import blake3

        MediaFactory(sources=[PrivateSourceFactory()], content_hash=blake3(jpeg()).hexdigest())
        assert isinstance(bring(member), Sample)

    def test_nothing_too_much_and_too_many(self, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(SampleError, match="empty"):
            sample_create([], member_id=member.pk, scope=Scope.of(member))
        monkeypatch.setattr(samples, "MOST_BYTES", 1024 * 1024)
        endless = (b"x" * 1024 * 700 for _ in iter(int, 1))
        with pytest.raises(SampleError, match="more than 1 MB"):
            sample_create(endless, member_id=member.pk, scope=Scope.of(member))
        monkeypatch.setattr(samples, "MOST_OF_ONE", 1)
        bring(member)
        with pytest.raises(SampleError, match="wait a while"):
            bring(member)
        assert Sample.objects.count() == 1 and len(list(sample_file("x").parent.iterdir())) == 1


class TestLooking:
    def test_makes_the_vector_that_a_media_would_have(
        self, colours: Encoder, member: Member, pool: DecoderPool
    ) -> None:
        blue = embed(colours, MediaFactory(sources=[SourceFactory()]), [0, 0, 1])
        red = embed(colours, MediaFactory(sources=[SourceFactory()]), [1, 0, 0])
        sample = bring(member, jpeg("red", (300, 200)))
        assert look_at_waiting(lambda: pool) == 1
        sample.refresh_from_db()
        assert (sample.state, sample.encoder) == ("ready", colours)
        assert np.asarray(sample.vector, np.float32) @ [1, 0, 0] == pytest.approx(1, abs=0.01)
        assert Image.open(io.BytesIO(sample.thumbnail)).size == (10, 7)
        assert not sample_file(sample.token).exists()
        found = search(of_sample(sample), Scope.of(member))
        assert [hit.media_id for hit in found.hits] == [red.pk, blue.pk]
        assert look_at_waiting(lambda: pool) == 0

    @pytest.mark.parametrize(("content", "reason"), [(HOSTILE, "corrupt"), (b"no picture at all", "not_image")])
    def test_what_cannot_be_opened_is_told_and_gone(
        self, colours: Encoder, member: Member, pool: DecoderPool, content: bytes, reason: str
    ) -> None:
        sample = bring(member, content)
        good = bring(member, jpeg("blue"))
        assert look_at_waiting(lambda: pool) == 2
        sample.refresh_from_db(), good.refresh_from_db()
        assert (sample.state, good.state) == ("failed", "ready")
        assert sample.reason in {reason, "unsupported", "truncated"}
        assert not list(sample_file("x").parent.iterdir())

    def test_without_an_encoder_it_fails_and_says_so(self, member: Member, pool: DecoderPool) -> None:
        sample = bring(member)
        look_at_waiting(lambda: pool)
        sample.refresh_from_db()
        assert (sample.state, sample.reason) == ("failed", "model_failed")

    def test_a_file_that_is_gone(self, colours: Encoder, member: Member, pool: DecoderPool) -> None:
        sample = bring(member)
        sample_file(sample.token).unlink()
        look_at_waiting(lambda: pool)
        sample.refresh_from_db()
        assert (sample.state, sample.reason) == ("failed", "vanished")

    def test_by_the_task_even_while_work_is_paused(
        self, colours: Encoder, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runner = Runner()
        monkeypatch.setattr(tasks, "RUNNER", runner)
        work_pause()
        sample = bring(member)
        try:
            tasks.look_at_samples()
        finally:
            runner.close()
        sample.refresh_from_db()
        assert sample.state == "ready"

    def test_between_two_batches_of_indexing(self, colours: Encoder, member: Member) -> None:
        from media_index.extractors.base import Lane

        runner = Runner()
        sample = bring(member)
        try:
            assert runner._goes_on(Lane.ML)
        finally:
            runner.close()
        sample.refresh_from_db()
        assert sample.state == "ready"


class TestForgetting:
    def test_what_expired_and_files_of_nobody(self, member: Member) -> None:
        old, fresh = bring(member), bring(member)
        Sample.objects.filter(pk=old.pk).update(created_at=timezone.now() - SAMPLE_LIFE)
        for token in (old.token, "left", "writing"):
            sample_file(token).touch()
        before = timezone.now().timestamp() - SAMPLE_LIFE.total_seconds() - 1
        for token in (old.token, "left"):
            os.utime(sample_file(token), (before, before))
        assert samples_forget() == 1
        assert list(Sample.objects.all()) == [fresh]
        assert {file.name for file in sample_file("x").parent.iterdir()} == {fresh.token, "writing"}

    def test_nothing_there_yet(self, member: Member) -> None:
        tasks.forget_samples()
        assert not sample_file("x").parent.exists()

    def test_all_within_the_hour(self) -> None:
        assert SAMPLE_LIFE + timedelta(minutes=10) < timedelta(hours=1)
