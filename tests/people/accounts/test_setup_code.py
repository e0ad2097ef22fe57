from __future__ import annotations

import logging
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from people.accounts import setup_code as module
from people.accounts.setup_code import ALPHABET, MAX_WRONG, is_setup_code, setup_code, setup_code_remove


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting is noted, not done."""
    waited: list[float] = []
    monkeypatch.setattr(module.time, "sleep", waited.append)
    return waited


def test_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    code = setup_code(tmp_path)
    assert re.fullmatch(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", code)
    assert setup_code(tmp_path) == code
    assert stat.S_IMODE((tmp_path / "setup_code").stat().st_mode) == 0o600


def test_holds_nothing_that_can_be_misread() -> None:
    assert not set("01OIL") & set(ALPHABET)


def test_two_that_ask_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: setup_code(tmp_path), range(32)))) == 1


def test_case_dashes_and_blanks_do_not_matter(tmp_path: Path, quick: list[float]) -> None:
    code = setup_code(tmp_path)
    for guess in (code, code.lower(), code.replace("-", ""), f"  {code[:2]} {code[2:]} "):
        assert is_setup_code(tmp_path, guess)
    assert quick == []


@pytest.mark.parametrize("guess", ["", "-", "AAAA-AAAA", "ÄÖÜ", "\0", "x" * 1000])
def test_a_wrong_guess_takes_a_moment(tmp_path: Path, quick: list[float], guess: str) -> None:
    setup_code(tmp_path)
    assert not is_setup_code(tmp_path, guess)
    assert quick == [module.WRONG_SECONDS]


def test_after_too_many_wrong_guesses_only_the_console_knows_the_new_code(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("people"), "propagate", True)
    old = setup_code(tmp_path)
    for _ in range(MAX_WRONG - 1):
        assert not is_setup_code(tmp_path, "wrong")
    assert is_setup_code(tmp_path, old)
    assert not is_setup_code(tmp_path, "wrong")
    assert not is_setup_code(tmp_path, old)
    new = setup_code(tmp_path)
    assert new != old
    assert new in caplog.text
    assert is_setup_code(tmp_path, new)


def test_is_forgotten(tmp_path: Path) -> None:
    code = setup_code(tmp_path)
    setup_code_remove(tmp_path)
    setup_code_remove(tmp_path)
    assert not (tmp_path / "setup_code").exists()
    assert not is_setup_code(tmp_path, code)


def test_an_emptied_file_gets_a_new_code(tmp_path: Path) -> None:
    setup_code(tmp_path)
    (tmp_path / "setup_code").write_text("")
    assert is_setup_code(tmp_path, setup_code(tmp_path))


def test_touches_the_mode_of_nothing_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    setup_code(tmp_path / "data")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]
