"""The scripts that make the head of the bundled encoder, on a small set made here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media_index.encoders.bundled import DIMENSIONS, FEATURES, HeadWeights, apply_head
from research.bundled import contrastive, evaluate, features, folds, train
from research.bundled.bank import bank, medoids
from research.bundled.captions import Captions
from research.bundled.data import Photo, dev_photos, read_photos, read_things, training_photos
from research.bundled.features import ALL_VIEWS, Features, viewed
from research.bundled.head import Lesson, metric, ridge, save

RECIPE = train.Recipe(views=("plain", "flip"), shrinkage=0.1, conse=0.1)
COUNT = 40


def write_lists(folder: Path) -> None:
    """Six photos in turn of both splits, and two things."""
    photos = [
        {"path": f"photos/{number}.jpg", "split": ("train", "dev")[number % 2], "captions": [f"{number}", "so"]}
        for number in range(6)
    ]
    things = [{"path": f"objects/{name}.jpg", "class": name} for name in ("cup", "drum")]
    (folder / "photos.jsonl").write_text("".join(json.dumps(row) + "\n" for row in photos))
    (folder / "objects.jsonl").write_text("".join(json.dumps(row) + "\n" for row in things))


@pytest.fixture(scope="module")
def made() -> tuple[list[Features], Captions, np.ndarray]:
    """Pictures that differ by chance, two views of each, and two captions that differ a little."""
    chance = np.random.default_rng(0)
    paths = tuple(str(number) for number in range(COUNT))
    base = chance.random((COUNT, FEATURES))
    views = [
        Features(
            paths,
            (base + 0.1 * chance.random(base.shape)).astype(np.float32),
            chance.dirichlet(np.full(1000, 0.01), COUNT).astype(np.float32),
        )
        for _ in RECIPE.views
    ]
    meanings = chance.standard_normal((COUNT, DIMENSIONS))
    owners = np.repeat(np.arange(COUNT), 2)
    texts = meanings[owners] + 0.3 * chance.standard_normal((2 * COUNT, DIMENSIONS))
    classes = chance.standard_normal((1000, DIMENSIONS))
    unit = [(some / np.linalg.norm(some, axis=1, keepdims=True)).astype(np.float32) for some in (texts, classes)]
    return views, Captions(unit[0], owners), unit[1]


def test_no_photo_of_dev_and_no_thing_is_trained_on(tmp_path: Path) -> None:
    write_lists(tmp_path)
    photos, things = read_photos(tmp_path), {thing.path for thing in read_things(tmp_path)}
    learned = {photos[position].path for position in training_photos(photos, everything=False)}
    judged = {photos[position].path for position in dev_photos(photos)}
    assert learned == {f"photos/{number}.jpg" for number in (0, 2, 4)}
    assert judged == {f"photos/{number}.jpg" for number in (1, 3, 5)}
    shipped = {photos[position].path for position in training_photos(photos, everything=True)}
    assert shipped == learned | judged
    assert len(things) == 2
    assert not shipped & things


def test_a_lesson_holds_the_chosen_photos_only(made: tuple[list[Features], Captions, np.ndarray]) -> None:
    views, said, _ = made
    given = train.lesson(views, said, [3, 8])
    np.testing.assert_array_equal(given.features[1], views[1].vectors[[3, 8]])
    np.testing.assert_array_equal(given.said.vectors, said.vectors[[6, 7, 16, 17]])
    assert given.said.owners.tolist() == [0, 0, 1, 1]
    mean = said.vectors[6] + said.vectors[7]
    np.testing.assert_allclose(given.meanings()[0], mean / np.linalg.norm(mean), atol=1e-6)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"path": "a", "split": "test", "captions": ["x"]}, "split 'test'"),
        ({"path": "a", "split": "dev", "captions": []}, "0 captions"),
    ],
)
def test_odd_lists_are_refused(row: dict[str, object], message: str, tmp_path: Path) -> None:
    (tmp_path / "photos.jsonl").write_text(json.dumps(row))
    with pytest.raises(ValueError, match=message):
        read_photos(tmp_path)


def test_a_photo_listed_twice_is_refused(tmp_path: Path) -> None:
    line = json.dumps({"path": "a", "split": "dev", "captions": ["x"]})
    (tmp_path / "photos.jsonl").write_text(f"{line}\n{line}\n")
    with pytest.raises(ValueError, match="twice"):
        read_photos(tmp_path)


def test_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(ValueError, match="no photo to train on"):
        training_photos([Photo("a", "dev", ("x",))], everything=False)


def found_first(said: Captions, vectors: np.ndarray) -> float:
    return evaluate.figures(said.vectors @ vectors.T, said.owners).at1


def test_training_learns(made: tuple[list[Features], Captions, np.ndarray], tmp_path: Path) -> None:
    views, said, classes = made
    given = train.lesson(views, said, list(range(COUNT)))
    save(train.train(given, RECIPE), tmp_path / "head.safetensors")
    head = HeadWeights.read(tmp_path / "head.safetensors")
    vectors = apply_head(head, views[0].vectors, views[0].probabilities, classes)
    assert head.trained_on == "train"
    assert found_first(said, vectors) > 0.9
    assert found_first(said, apply_head(head, views[0].vectors[::-1], views[0].probabilities[::-1], classes)) < 0.2


def test_the_same_input_gives_the_same_head(made: tuple[list[Features], Captions, np.ndarray]) -> None:
    views, said, _ = made
    once, again = (train.train(train.lesson(views, said, list(range(COUNT))), RECIPE) for _ in range(2))
    np.testing.assert_array_equal(once.matrix, again.matrix)
    np.testing.assert_array_equal(once.names, again.names)


def test_without_the_stages_before_the_last_their_features_say_nothing(
    made: tuple[list[Features], Captions, np.ndarray],
) -> None:
    views, said, _ = made
    given = train.lesson(views, said, list(range(COUNT)))
    head = train.train(given, replace(RECIPE, last_stage_only=True))
    assert np.abs(head.matrix[:, train.LAST_STAGE :]).max() == 0
    assert np.abs(head.matrix[:, : train.LAST_STAGE]).max() > 0


def test_ridge_is_the_textbook_solution() -> None:
    """Against least squares with the penalty written as more rows."""
    chance = np.random.default_rng(0)
    seen = chance.standard_normal((1, 30, 4)).astype(np.float32)
    said = chance.standard_normal((30, 3)).astype(np.float32)
    said /= np.linalg.norm(said, axis=1, keepdims=True)
    given = Lesson(seen, Captions(said, np.arange(30)))
    inputs = (seen[0] - seen[0].mean(0)) / seen[0].std(0)
    rows = np.concatenate([inputs, np.sqrt(2.0 * 30) * np.eye(4)])
    wanted, *_ = np.linalg.lstsq(rows, np.concatenate([said - said.mean(0), np.zeros((4, 3))]))
    np.testing.assert_allclose(ridge(given, 2.0)(seen[0]), inputs @ wanted, atol=1e-5)


def test_the_metric_whitens() -> None:
    chance = np.random.default_rng(0)
    texts = (chance.standard_normal((5000, 3)) * [3.0, 1.0, 0.2]).astype(np.float32)
    np.testing.assert_allclose(np.cov((texts @ metric(texts, 0.5, 0.0)).T), np.eye(3), atol=1e-4)
    np.testing.assert_allclose(metric(texts, 0.0, 1e-3), np.eye(3), atol=1e-6)


def test_contrast_learns(made: tuple[list[Features], Captions, np.ndarray]) -> None:
    views, said, _ = made
    given = train.lesson(views, said, list(range(COUNT)))
    short = contrastive.Settings(width=32, epochs=1, rate=1e-9, dropout=(0.0, 0.0))
    before = contrastive.train(given, short)(views[0].vectors)
    after = contrastive.train(given, replace(short, epochs=60, rate=1e-2))(views[0].vectors)
    assert found_first(said, before) < 0.2
    assert found_first(said, after) > 0.8


def test_a_bank_stands_for_all_captions_and_names() -> None:
    chance = np.random.default_rng(0)
    centres = np.eye(6, dtype=np.float32)
    texts = np.repeat(centres, 20, axis=0) + 0.05 * chance.standard_normal((120, 6)).astype(np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    picked = medoids(texts, 40)
    assert set((picked // 20).tolist()) == set(range(6))
    assert len(set(picked.tolist())) == len(picked)
    assert bank(texts, centres).shape[0] == len(medoids(texts, 120)) + 6


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_views_are_pictures_and_always_the_same(view: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    once = viewed(pixels, view, "a.jpg")
    assert once.dtype == np.uint8
    assert once.shape[2] == 3
    np.testing.assert_array_equal(viewed(pixels, view, "a.jpg"), once)
    if view.startswith("random"):
        assert not np.array_equal(viewed(pixels, view, "b.jpg"), once)


def test_features_are_kept_for_the_same_list_only(bundled_models: Path, tmp_path: Path) -> None:
    write_lists(tmp_path)
    (tmp_path / "objects").mkdir()
    for name in ("cup", "drum"):
        Image.new("RGB", (40, 30), "brown").save(tmp_path / "objects" / f"{name}.jpg")
    places = (tmp_path, tmp_path / "cache", "objects", "plain", bundled_models)
    made = features.cached(*places)
    assert (made.vectors.shape, made.probabilities.shape) == ((2, FEATURES), (2, 1000))
    np.testing.assert_array_equal(features.cached(*places).vectors, made.vectors)
    (tmp_path / "objects.jsonl").write_text(json.dumps({"path": "objects/cup.jpg", "class": "cup"}))
    with pytest.raises(ValueError, match="made from other pictures"):
        features.cached(*places)


def test_figures() -> None:
    scores = np.array([[0.9, 0.1, 0.1], [0.5, 0.4, 0.3], [0.2, 0.2, 0.2]], dtype=np.float32)
    found = evaluate.figures(scores, np.array([0, 1, 2]))
    assert (found.at1, found.at5) == (pytest.approx(1 / 3), 1.0)
    assert found.mrr == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_average_precision() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6], dtype=np.float32)
    relevant = np.array([True, False, True, False])
    assert evaluate.average_precision(scores, relevant) == pytest.approx((1 + 2 / 3) / 2)


def test_splits_share_no_photo() -> None:
    splits = list(folds.parts(10, 3))
    assert sorted(place for _, judged in splits for place in judged) == list(range(10))
    assert all(sorted(learned + judged) == list(range(10)) for learned, judged in splits)
    assert splits == list(folds.parts(10, 3))
    for learned, judged in folds.draws(1000, 50):
        assert (len(learned), len(judged)) == (50, folds.GALLERY)
        assert not set(learned) & set(judged)
