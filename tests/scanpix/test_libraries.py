"""The libraries from npm: what is served of them, under which names, and what is said where they are missing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client, RequestFactory

from scanpix import libraries
from scanpix.libraries import LIBRARIES, LibraryFinder
from tests.factories import MemberFactory

PROJECT = Path(__file__).resolve().parents[2]
IMPORTED = re.compile(
    r"""(?:^\s*import\s*|^\s*(?:import|export)\b[^;"'(]*\bfrom\s*|\bimport\(\s*)["']([^"']+)["']""", re.MULTILINE
)
"""What a script names: `import "a"`, `import {b} from "a"`, `export {b} from "a"`, `import("a")`."""
MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def packages() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def hashed(settings: object, gathered: Path) -> Path:
    """All static files as a start of scanpix gathers them."""
    settings.STATIC_ROOT = gathered  # type: ignore[attr-defined]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}  # type: ignore[attr-defined]
    if not (gathered / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    return gathered


def scripts_and_pages() -> list[Path]:
    return [*(PROJECT / "static").rglob("*.js"), *(PROJECT / "templates").rglob("*.html")]


# The packages


def test_versions_are_pinned_and_are_those_of_the_lock_file() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for part in ("dependencies", "devDependencies"):
        for name, version in packages()[part].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
            assert lock[f"node_modules/{name}"]["version"] == version, "run npm install"
    assert "resolved" not in json.dumps(lock)


def test_the_licence_of_each_is_told() -> None:
    told = (PROJECT / "docs" / "licences.md").read_text(encoding="utf-8")
    for name in (*packages()["dependencies"], *packages()["devDependencies"]):
        assert re.search(rf"^\| {name} \||\b{name} \(", told, re.MULTILINE), name


def test_each_library_is_a_package_that_is_installed_for_good() -> None:
    assert {one.package for one in LIBRARIES} == set(packages()["dependencies"])


# What is served of them


def test_just_the_named_files_are_found() -> None:
    listed = {f"{storage.prefix}/{path}" for path, storage in LibraryFinder().list(None)}  # type: ignore[attr-defined]
    assert listed == {f"{one.prefix}/{file}" for one in LIBRARIES for file in one.files}
    for path in listed:
        found = finders.find(path)
        assert found is not None
        assert Path(found).is_file()
    for path in ("libraries/leaflet/leaflet-src.js", "libraries/leaflet/../../package.json", "package.json"):
        assert LibraryFinder().find(path) == []


def test_what_is_ignored_is_not_listed() -> None:
    assert {path for path, _ in LibraryFinder().list(["*.js"])} >= {"photoswipe.css", "images/layers.png"}
    assert "leaflet.js" not in {path for path, _ in LibraryFinder().list(["*.js"])}


def test_without_the_packages_it_is_said_what_to_do(tmp_path: Path, settings: object) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    told = r"^node_modules/photoswipe/dist/photoswipe\.esm\.min\.js is not there: `make \.venv/ready` brings"
    with pytest.raises(ImproperlyConfigured, match=told):
        list(LibraryFinder().list(None))
    assert LibraryFinder().find("libraries/photoswipe/photoswipe.css") == []


# Names in scripts


def test_every_name_leads_to_a_file_with_a_hash_in_its_name(hashed: Path) -> None:
    named = libraries.import_map()
    assert {"photoswipe", "leaflet", "sortablejs"} <= set(named)
    for name, address in named.items():
        assert re.search(r"\.[0-9a-f]{12}\.js$", address), name
        assert (hashed / address.removeprefix("/static/")).is_file(), name


def test_every_file_that_pages_name_is_gathered(hashed: Path) -> None:
    named = set()
    for page in (PROJECT / "templates").rglob("*.html"):
        named |= set(re.findall(r"""{% static ["']([^"']+)["']""", page.read_text(encoding="utf-8")))
    assert len(named) > 20
    known = json.loads((hashed / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    assert sorted(named - set(known)) == []


def test_scripts_import_by_bare_names_that_are_in_the_map() -> None:
    """A relative name would lead to the file without a hash, which browsers may keep after an update."""
    named = set(libraries.import_map())
    found = []
    for path in (PROJECT / "static").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        found += [(path.name, name) for name in IMPORTED.findall(text)]
    assert [one for one in found if one[1] not in named] == []


def test_no_script_or_page_names_another_host() -> None:
    for path in scripts_and_pages():
        found = set(re.findall(r"https?://[\w.-]+", path.read_text(encoding="utf-8")))
        assert found <= {"http://www.w3.org"}, path


def test_the_map_stands_in_pages_under_the_nonce_of_the_policy(client: Client, db: None) -> None:
    client.force_login(MemberFactory())
    response = client.get("/search/help/")
    page = response.content.decode()
    found = re.search(r'<script type="importmap" nonce="([^"]+)">(.+?)</script>', page)
    assert found is not None
    assert f"'nonce-{found[1]}'" in response["Content-Security-Policy"]
    assert json.loads(found[2])["imports"] == libraries.import_map()
    assert page.index("importmap") < page.index('type="module"')


def test_a_name_cannot_end_the_element(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "import_map", lambda: {"a": "</script><b>&"})
    request = RequestFactory().get("/")
    request.csp_nonce = "n"  # type: ignore[attr-defined]
    written = Template("{% load libraries %}{% import_map %}").render(Context({"request": request}))
    assert written.count("<") == 2
    assert json.loads(written.partition(">")[2].rpartition("<")[0])["imports"] == {"a": "</script><b>&"}
