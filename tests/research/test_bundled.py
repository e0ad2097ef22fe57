"""The scripts that make the head of the bundled encoder, on a small set made here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from media_index.encoders.bundled import DIMENSIONS, FEATURES, HeadWeights, apply_head
from media_index.encoders.conse import mix
from research.bundled import evaluate, features, folds, losses, train
from research.bundled.captions import Captions
from research.bundled.data import Photo, dev_photos, read_photos, read_things, training_photos
from research.bundled.features import ALL_VIEWS, Features, viewed
from research.bundled.head import merged, save

RECIPE = train.Recipe(width=32, seeds=(0, 1), epochs=30, views=("middle", "flip"), dropout=(0.0, 0.1), conse=0.5)
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
    views, said, classes = made
    given = train.lesson(views, said, [3, 8], classes)
    np.testing.assert_array_equal(given.features[1].numpy(), views[1].vectors[[3, 8]])
    np.testing.assert_array_equal(given.texts.flatten(0, 1).numpy(), said.vectors[[6, 7, 16, 17]])
    assert given.probabilities.shape == (2, 2, 1000)


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


def test_training_learns(made: tuple[list[Features], Captions, np.ndarray], tmp_path: Path) -> None:
    views, said, classes = made
    given = train.lesson(views, said, list(range(COUNT)), classes)
    untrained, _ = train.train(given, replace(RECIPE, epochs=1, rate=1e-9), 0)
    trained = [train.train(given, RECIPE, seed) for seed in RECIPE.seeds]
    assert all(history[-1] < 0.5 * history[0] for _, history in trained)
    found = []
    for heads in ([untrained], [head for head, _ in trained]):
        save(merged(heads, RECIPE.conse), tmp_path / "head.safetensors", "train")
        head = HeadWeights.read(tmp_path / "head.safetensors")
        vectors = apply_head(head, views[0].vectors, views[0].probabilities, classes)
        found.append(evaluate.figures(said.vectors @ vectors.T, said.owners).at1)
    assert found[0] < 0.2
    assert found[1] > 0.9


def test_the_same_seed_gives_the_same_head(made: tuple[list[Features], Captions, np.ndarray]) -> None:
    views, said, classes = made
    given = train.lesson(views, said, list(range(COUNT)), classes)
    short = replace(RECIPE, epochs=2)
    once, again = (train.train_all(given, short) for _ in range(2))
    assert all(torch.equal(once[name], again[name]) for name in once)


def test_merged_heads_say_the_mean(made: tuple[list[Features], Captions, np.ndarray], tmp_path: Path) -> None:
    """And numpy says what torch says, through half precision."""
    views, said, classes = made
    given = train.lesson(views, said, list(range(COUNT)), classes)
    heads = [train.train(given, replace(RECIPE, epochs=3), seed)[0] for seed in (0, 1, 2)]
    save(merged(heads, 0.5), tmp_path / "head.safetensors", "train")
    head = HeadWeights.read(tmp_path / "head.safetensors")
    assert (head.hidden.shape[0], head.conse, head.trained_on) == (96, 0.5, "train")
    seen, mixed = torch.from_numpy(views[0].vectors), torch.from_numpy(mix(views[0].probabilities, classes))
    with torch.no_grad():
        learned = functional.normalize(torch.stack([one(seen) for one in heads]).mean(0), dim=1)
        wanted = functional.normalize(learned + 0.5 * mixed, dim=1)
    given_vectors = apply_head(head, views[0].vectors, views[0].probabilities, classes)
    np.testing.assert_allclose(given_vectors, wanted.numpy(), atol=5e-3)


def test_anchors_want_what_the_classifier_says() -> None:
    classes = torch.eye(1000)[:, :DIMENSIONS] + 0.01
    said = torch.zeros(1, 1000)
    said[0, 7] = 1.0
    near, far = losses.anchored(classes[7:8], classes, said, 0.05), losses.anchored(classes[9:10], classes, said, 0.05)
    assert near < far


def test_a_soft_target_forgives_what_reads_alike() -> None:
    texts = functional.normalize(torch.tensor([[1.0, 0.0, 0.0], [1.0, 0.2, 0.0], [0.0, 0.0, 1.0]]), dim=1)
    confused = texts[[1, 0, 2]]
    hard, soft = (losses.contrastive(confused, texts, 0.01, softness, 0.05) for softness in (0.0, 0.5))
    assert soft < hard


def test_mixed_captions_lie_between_the_photos_own() -> None:
    torch.manual_seed(0)
    captions = functional.normalize(torch.randn(5, 3, 16), dim=2)
    picked = losses.mixed_captions(captions, 0.0)
    assert ((captions - picked[:, None]).abs().sum(2).min(1).values < 1e-5).all()
    between = losses.mixed_captions(captions, 1.0)
    assert (torch.linalg.lstsq(captions.transpose(1, 2), between[:, :, None]).solution > 0).all()


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
    places = (tmp_path, tmp_path / "cache", "objects", "middle", bundled_models)
    made = features.cached(*places)
    assert (made.vectors.shape, made.probabilities.shape) == ((2, 1280), (2, 1000))
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


def test_the_background_leaves_out_a_photos_own_captions() -> None:
    photos = np.eye(2, dtype=np.float32)
    bank = Captions(np.tile(photos, (10, 1)), np.tile([0, 1], 10))
    assert evaluate.background(photos, bank).max() < 0.5


def test_the_halves_share_no_photo() -> None:
    first, second = folds.halves(7)
    assert sorted(first + second) == list(range(7))
    assert folds.halves(7) == (first, second)
