"""The fusion of vectors, labels and texts, and where matches end."""

from __future__ import annotations

import pytest

from media_index.search.ranking import DOUBT, LABELS, TEXTS, Candidate, best_first, parted
from media_index.search.vectors.calibration import Relevance
from media_index.search.words.wording import Wording

DOG = (Wording.of("dog"),)
RELEVANCE = Relevance(slope=20, intercept=-10, threshold=0.5, cut=0.25)
"""One half at a score of 0.5 above the level."""


def order(*candidates: Candidate, wordings: tuple[Wording, ...] = DOG) -> list[int]:
    return [one.candidate.media_id for one in best_first(candidates, wordings)]


def test_labels_and_texts_are_added_to_the_similarity() -> None:
    ranked = best_first(
        [
            Candidate(1, None, 0.3),
            Candidate(2, None, 0.3, labels=(("beagle dog", 0.25),)),
            Candidate(3, None, 0.3, texts=("dog.jpg",)),
            Candidate(4, None, 0.3, doubt=0.1),
        ],
        DOG,
    )
    scores = {one.candidate.media_id: one.score for one in ranked}
    assert scores == pytest.approx({1: 0.3, 2: 0.3 + LABELS / 2, 3: 0.3 + TEXTS, 4: 0.3 - DOUBT * 0.1})


def test_half_the_words_of_a_text_are_worth_a_quarter() -> None:
    (one,) = best_first([Candidate(1, None, 0.0, texts=("dog.jpg",))], (Wording.of("dog beach"),))
    assert one.score == pytest.approx(TEXTS / 4)


def test_the_better_of_two_languages_counts() -> None:
    both = (Wording.of("Hund"), Wording.of("dog"))
    assert order(Candidate(1, None, 0.3), Candidate(2, None, 0.2, labels=(("dog", 1.0),)), wordings=both) == [2, 1]


def test_one_without_a_vector_comes_with_the_last_ones() -> None:
    assert order(Candidate(1, None, 0.3), Candidate(2, None, 0.1), Candidate(3, None, None)) == [1, 2, 3]
    assert order(Candidate(1, None, 0.4), Candidate(2, None, 0.1), Candidate(3, None, None, texts=("dog",))) == [
        1,
        3,
        2,
    ]


def test_equal_ones_in_the_same_order_always() -> None:
    several = [Candidate(number, None, 0.5) for number in (3, 1, 2)]
    assert order(*several) == order(*several[::-1]) == [1, 2, 3]


class TestParted:
    def test_down_to_the_cut_where_the_nearest_one_is_near_enough(self) -> None:
        near = best_first([Candidate(1, None, 0.6), Candidate(2, None, 0.46), Candidate(3, None, 0.4)], DOG)
        matches, others = parted(near, RELEVANCE, 0.0)
        assert [one.candidate.media_id for one in matches] == [1, 2]
        assert [one.candidate.media_id for one in others] == [3]

    def test_none_where_it_is_not(self) -> None:
        near = best_first([Candidate(1, None, 0.6), Candidate(2, None, 0.5)], DOG)
        assert parted(near, RELEVANCE, 0.2)[0] == []

    def test_what_is_named_is_never_said_not_to_match(self) -> None:
        far = [
            Candidate(1, None, 0.2),
            Candidate(2, None, 0.1, texts=("my dog.jpg",)),
            Candidate(3, None, 0.0, labels=(("beagle dog", 0.2),)),
            Candidate(4, None, 0.0, labels=(("beagle dog", 0.05),)),
            Candidate(5, None, 0.0, texts=("my doghouse.jpg",)),
        ]
        matches, others = parted(best_first(far, DOG), RELEVANCE, 0.0)
        assert sorted(one.candidate.media_id for one in matches) == [2, 3]
        assert sorted(one.candidate.media_id for one in others) == [1, 4, 5]

    def test_all_where_nobody_knows(self) -> None:
        ranked = best_first([Candidate(1, None, 0.0)], DOG)
        assert parted(ranked, None, 0.0) == (ranked, [])

    def test_nothing_to_part(self) -> None:
        assert parted([], RELEVANCE, 0.0) == ([], [])
