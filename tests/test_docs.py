"""The words keep what the code promises: settings, filters, reasons, commands, links, and the example of a plug-in."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from media_index import plugins
from media_index.reasons import REASONS

PROJECT = Path(__file__).resolve().parents[1]
DOCS = PROJECT / "docs"
SKIPPED = {"node_modules", "data", "screenshots"}
OUR_APPS = ("scanpix", "media_index", "people")
OF_THE_MACHINE = {"SCANPIX_DATA", "SCANPIX_DECODERS", "SCANPIX_TIME_ZONE"}
"""Settings whose defaults differ from machine to machine."""
READ_BY_MAKE = {"PHOTOS", "TORCH_INDEX", "PYTHON"}

VARIABLES = """
import json, scanpix.settings
from scanpix.runtime import env
print(json.dumps(env.KNOWN))
"""

EXAMPLE_SETTINGS = 'from scanpix.settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, "colours"]\n'

EXAMPLE_TRIAL = """
import django
django.setup()
import numpy as np
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from django.core.management import call_command
from django.utils.module_loading import import_string
from media_index import plugins
from media_index.extractors.base import Batch, Context, ExtractorOptions
from media_index.models import Media
from media_index.search.filters.base import Scope

call_command("check")
hook = plugins.extractor_hooks()["colours"]
assert callable(import_string(hook.store))
(extractor,) = hook.extractors(ExtractorOptions(Path("models")))
assert extractor.accepts("image", "image/jpeg") and not extractor.accepts("video", "video/mp4")
blue = SimpleNamespace(pixels=np.full((4, 4, 3), (10, 20, 200), np.uint8))
seen = Context(1, "a.jpg", 1, datetime.now(UTC), "image", "image/jpeg", blue)
unseen = Context(2, "b.jpg", 1, datetime.now(UTC), "image", "image/jpeg", None)
outcome, problem = extractor.extract(Batch([seen, unseen]))
assert (outcome.red, outcome.green, outcome.blue) == (10, 20, 200)
assert problem.reason == "no_preview"
scope = Scope(Media.objects.none(), None)
colour = plugins.filters()["colour"]
sql = str(Media.objects.filter(colour.to_q("blue", scope)).query)
assert '"blue" >' in sql and sql.count('"colours_meancolour"."blue" >') == 2, sql
try:
    colour.to_q("pink", scope)
except ValueError as error:
    assert str(error) == "wants one of red, green, blue"
else:
    raise AssertionError("pink is no channel")
"""


def pages() -> list[Path]:
    """All Markdown files of the project."""
    found = []
    for folder, below, names in os.walk(PROJECT):
        below[:] = [name for name in below if not name.startswith(".") and name not in SKIPPED]
        found += [Path(folder) / name for name in names if name.endswith(".md")]
    return found


def text_of(*names: str) -> str:
    return "\n".join((PROJECT / name).read_text(encoding="utf-8") for name in names)


def all_words() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages())


def rows(page: str) -> Iterator[list[str]]:
    """The cells of each table row of a page. A bar within code does not part cells."""
    for line in text_of(page).splitlines():
        if line.startswith("| "):
            hidden = re.sub(r"`[^`]*`", lambda code: code[0].replace("|", "\0"), line)
            yield [cell.strip().replace("\0", "|") for cell in hidden.strip().strip("|").split("|")]


def our_commands() -> list[str]:
    return sorted(name for name, app in get_commands().items() if app in OUR_APPS)


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The long options of a command of ours and of its actions, without those that all commands of Django have."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield name
                yield from options(inner)
        yield from (option for option in action.option_strings if option.startswith("--"))


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """Every variable that the settings read, with its default."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SCANPIX_", "DATABASE_URL")) or name == "SCANPIX_DATA"
    }
    done = subprocess.run(
        [sys.executable, "-c", VARIABLES], cwd=PROJECT, env=kept, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def described() -> dict[str, list[str]]:
    """The rows of the configuration by variable."""
    named = (row for row in rows("docs/configuration.md") if re.fullmatch(r"`[A-Z_]+`", row[0]))
    return {row[0].strip("`"): row for row in named}


def test_every_setting_is_described_and_nothing_else(known: dict[str, str]) -> None:
    assert "DATABASE_URL" in known
    assert set(described()) == set(known) | READ_BY_MAKE


def test_defaults_are_those_of_the_code(known: dict[str, str]) -> None:
    for name, default in known.items():
        if name not in OF_THE_MACHINE:
            assert described()[name][1].strip("`") == default, name


def test_what_make_reads_is_in_the_makefile() -> None:
    makefile = text_of("Makefile")
    for name in READ_BY_MAKE:
        assert f"$({name})" in makefile


def test_no_unknown_variable_is_named(known: dict[str, str]) -> None:
    for page in pages():
        named = set(re.findall(r"\bSCANPIX_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")))
        assert named <= set(known), page


def test_every_filter_has_its_row() -> None:
    table = {row[0]: row[1:] for row in rows("docs/search.md") if len(row) == 3}
    filters = plugins.filters()
    for key, item in filters.items():
        assert table[f"`{key}`"] == [f"`{item.example}`", item.help]
    names = {name.strip("`") for name in table if re.fullmatch(r"`[a-z]+`", name)}
    assert {name for name in names if table[f"`{name}`"][0].startswith(f"`{name}:")} == set(filters)


def test_every_reason_has_its_row() -> None:
    table = {row[0].strip("`"): row[1:] for row in rows("docs/operations.md") if len(row) == 4}
    del table["code"]
    table = {code: row for code, row in table.items() if not set(code) <= {"-"}}
    assert table == {
        code: [reason.title, reason.advice, "yes" if reason.passing else "no"] for code, reason in REASONS.items()
    }


def test_every_command_is_told_of_with_its_options() -> None:
    assert "serve" in our_commands()
    usual = {"help", "version", "verbosity", "settings", "pythonpath", "traceback", "no-color", "force-color"}
    listed = "\n".join(" ".join(row) for row in rows("docs/operations.md"))
    for name in our_commands():
        (told,) = [line for line in listed.splitlines() if line.startswith(f"`manage.py {name}")]
        command = load_command_class(get_commands()[name], name)
        for option in set(options(command.create_parser("manage.py", name))) - {f"--{one}" for one in usual}:
            assert re.search(rf"(?<![\w-]){option}\b", told), f"{name} {option}"


def test_commands_that_are_named_exist() -> None:
    named = set(re.findall(r"manage\.py ([a-z]+)", all_words()))
    assert named <= set(get_commands())


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", text_of("Makefile"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z0-9]+)[^`]*`", all_words()))
    assert {"run", "test", "check"} <= named <= targets


def test_the_readme_tells_the_two_commands() -> None:
    readme = text_of("README.md")
    assert re.search(r"^ +make run PHOTOS=", readme, re.MULTILINE)
    assert re.search(r"^ +make test\b", readme, re.MULTILINE)


def anchor(heading: str) -> str:
    """The name that a heading gets on a page, as the usual renderers of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    plain = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", plain, re.MULTILINE)}


def links() -> list[tuple[Path, str]]:
    return [
        (page, target)
        for page in pages()
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target)
    ]


def test_links_lead_somewhere() -> None:
    assert len(links()) > 20
    for page, target in links():
        path, _, section = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_relative_to(PROJECT), (page, target)
        assert file.exists(), (page, target)
        if section:
            assert section in anchors(file), (page, target)


def test_files_that_are_named_exist() -> None:
    """Paths in code marks, such as ``media_index/reasons.py``."""
    folders = "|".join((*OUR_APPS, "tests", "research", "templates", "static", "docs"))
    named = set(re.findall(rf"`((?:{folders})/[\w/.-]+\.(?:py|md|js|html))`", all_words()))
    assert "media_index/reasons.py" in named
    assert [name for name in sorted(named) if not (PROJECT / name).is_file()] == []


def test_the_example_of_a_plug_in_works(tmp_path: Path) -> None:
    """The code of the architecture page, as it stands there."""
    for block in re.findall(r"```python\n(.*?)```", text_of("docs/architecture.md"), re.DOTALL):
        file = tmp_path / block.split("\n", 1)[0].removeprefix("# ")
        file.parent.mkdir(exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(block, encoding="utf-8")
    (tmp_path / "example_settings.py").write_text(EXAMPLE_SETTINGS)
    paths = os.pathsep.join((str(tmp_path), str(PROJECT)))
    surroundings = {**os.environ, "PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "example_settings"}
    surroundings["SCANPIX_DATA"] = str(tmp_path / "data")
    done = subprocess.run(
        [sys.executable, "-c", EXAMPLE_TRIAL],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
