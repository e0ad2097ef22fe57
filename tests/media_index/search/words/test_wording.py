"""How words of a query are compared with the words of labels and of names of files."""

from __future__ import annotations

import pytest

from media_index.search.words.wording import BEGINNING, TYPO, Wording, similarity


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a photo of the Dogs on grass", ("dogs", "grass")),
        ("Hund am Strand", ("hund", "strand")),
        ("the", ("the",)),
        ("Café_ØRESUND-2019.jpg", ("cafe", "oresund", "2019", "jpg")),
        ("dog dog", ("dog",)),
        ("...", ()),
    ],
)
def test_telling_words(text: str, words: tuple[str, ...]) -> None:
    assert Wording.of(text).words == words


class TestLabels:
    def test_what_one_word_is_worth(self) -> None:
        dog = Wording.of("dogs")
        assert dog.named_by([("beagle dog", 0.36), ("tennis ball", 0.5)]) == pytest.approx(0.6)
        assert dog.named_by([("beagle dog", 0.09), ("kelpie dog", 0.16)]) == pytest.approx(0.5)
        assert dog.named_by([("dog", 0.9), ("beagle dog", 0.9)]) == 1
        assert dog.named_by([("dogsled", 0.9)]) == 0

    def test_of_a_sentence_a_label_names_little(self) -> None:
        assert Wording.of("dog ball").named_by([("beagle dog", 1.0)]) == pytest.approx(1 / 4)
        assert Wording.of("dog ball").named_by([("beagle dog", 1.0), ("tennis ball", 1.0)]) == pytest.approx(1 / 2)

    def test_a_hot_dog_is_none(self) -> None:
        hot_dog = [("hot dog", 1.0)]
        assert Wording.of("dog").named_by(hot_dog) == 0
        assert Wording.of("hot dogs").named_by(hot_dog) == pytest.approx(1 / 2)
        assert not Wording.of("dog").is_named_by("hot dog")
        assert Wording.of("hot dog").is_named_by("hot dog")

    def test_without_words_nothing(self) -> None:
        assert Wording(()).named_by([("dog", 1.0)]) == 0


class TestTexts:
    @pytest.mark.parametrize(
        ("query", "text", "share"),
        [
            ("lisbon", "2019/Lisbon trip/IMG_1.jpg", 1),
            ("lisbon boats", "2019/Lisbon trip/boat.jpg", 1),
            ("lisbon boats", "2019/Lisbon trip/IMG_1.jpg", 1 / 2),
            ("birth", "birthday.jpg", BEGINNING),
            ("cat", "catering.jpg", 0),
            ("lisbn", "lisbon.jpg", TYPO),
            ("chirstmas", "Christmas 2019/1.jpg", TYPO),
            ("house", "horse.jpg", 0),
            ("muller", "Müller.jpg", 1),
        ],
    )
    def test_how_much_of_it_stands_there(self, query: str, text: str, share: float) -> None:
        assert Wording.of(query).share_in(text) == pytest.approx(share)

    def test_whole(self) -> None:
        wording = Wording.of("birthday cakes")
        assert wording.is_whole_in("Anna's birthday/cake.jpg")
        assert not wording.is_whole_in("birthday.jpg")
        assert not wording.is_whole_in("birthdays/cakemaker.jpg")
        assert not Wording(()).is_whole_in("anything")


def test_similarity_is_that_of_trigrams() -> None:
    assert similarity("word", "word") == 1
    assert similarity("lisabon", "lisbon") == pytest.approx(0.5)
    assert similarity("abc", "xyz") == 0
