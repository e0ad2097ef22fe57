"""How good a ranking is, on cases whose answer is known. Pure functions; a ranking is a list of ids, best first."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

CUTOFFS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: the ranking, best first, and what should have been found. ``silent`` where search said that nothing
    matches, whatever it ranked."""

    found: Sequence[int]
    relevant: Collection[int]
    silent: bool = False


def recall(case: Judged, cutoff: int) -> float:
    """The share of the relevant that stand among the first ``cutoff``."""
    return len(set(case.found[:cutoff]) & set(case.relevant)) / len(case.relevant)


def reciprocal_rank(case: Judged) -> float:
    """One over the rank of the first relevant one; 0 where there is none."""
    return next((1 / rank for rank, one in enumerate(case.found, 1) if one in case.relevant), 0.0)


def ndcg(case: Judged, cutoff: int) -> float:
    """Normalised discounted cumulative gain with binary relevance (Järvelin and Kekäläinen, 2002)."""
    gained = sum(1 / math.log2(rank + 1) for rank, one in enumerate(case.found[:cutoff], 1) if one in case.relevant)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(case.relevant), cutoff) + 1))
    return gained / best


def summary(cases: Iterable[Judged]) -> dict[str, float | int]:
    """Means over the cases; those with nothing relevant are judged by silence: the share for which search said so.
    ``answered`` is the share of the others for which it found something."""
    judged = list(cases)
    answered = [case for case in judged if case.relevant]
    silent = [case for case in judged if not case.relevant]
    result: dict[str, float | int] = {"cases": len(judged)}
    if answered:
        for cutoff in CUTOFFS:
            result[f"recall@{cutoff}"] = _mean(recall(case, cutoff) for case in answered)
        result["mrr"] = _mean(reciprocal_rank(case) for case in answered)
        result["ndcg@10"] = _mean(ndcg(case, 10) for case in answered)
        result["answered"] = _mean(float(not _is_silent(case)) for case in answered)
    if silent:
        result["silence"] = _mean(float(_is_silent(case)) for case in silent)
    return result


def _is_silent(case: Judged) -> bool:
    return case.silent or not case.found


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 4)
