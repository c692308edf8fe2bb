"""A mistake in a file of conf is reported by file and line."""

from __future__ import annotations

import shutil

import pytest
from kedro.config import BadConfigException

from ees_analytics import settings
from ees_analytics.conf_loader import ConfLoader
from tests.conftest import PROJECT

RULE = "  - {contains: /data-guidance, label: Data guidance}\n"


@pytest.fixture
def conf(tmp_path):
    shutil.copytree(PROJECT / "conf", tmp_path / "conf")
    return tmp_path / "conf"


def parameters(conf, env=None):
    return ConfLoader(str(conf), env, **settings.CONFIG_LOADER_ARGS)["parameters"]


@pytest.mark.parametrize("end", ["", "    ", "x: 1\n"])
def test_what_is_right_is_read(conf, end):
    (conf / "base/parameters_rules.yml").write_text(f"list:\n{RULE}{end}")
    assert parameters(conf)["list"] == [{"contains": "/data-guidance", "label": "Data guidance"}]


def test_files_are_read_once(conf):
    loader = ConfLoader(str(conf), **settings.CONFIG_LOADER_ARGS)
    first = loader["parameters"]
    shutil.rmtree(conf / "base")
    assert loader["parameters"] == first


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"list:\n{RULE}{RULE.replace('}', '')}{RULE}",
            "parameters_rules.yml, line 4: this is not valid YAML",
        ),
        (f"list:\n{RULE} {RULE}", "parameters_rules.yml, line 3: this is not valid YAML"),
        ('list: ["a]\n', "parameters_rules.yml, line 2: this is not valid YAML"),
        ("list: []\ntwo: 2\nlist: []\n", "parameters_rules.yml, line 3: found duplicate key list"),
        ("list: \x07\n", "parameters_rules.yml"),
    ],
)
def test_invalid_yaml_is_reported_with_its_place(conf, text, message):
    (conf / "base/parameters_rules.yml").write_text(text)
    with pytest.raises(BadConfigException, match=message):
        parameters(conf)


def test_also_in_another_environment_and_in_globals(conf):
    with (conf / "live/globals.yml").open("a") as file:
        file.write("a: {b\n")
    assert parameters(conf)
    with pytest.raises(BadConfigException, match="conf/live/globals.yml, line"):
        parameters(conf, "live")


def test_corrections_are_switched_by_conf_and_by_the_command(conf):
    def at_start(**given):
        loader = ConfLoader(str(conf), runtime_params=given, **settings.CONFIG_LOADER_ARGS)
        return loader["parameters"]["release_page_exclusions_at_start"]

    assert at_start() == at_start(corrections="methodology_tab") == ["/methodology"]
    assert at_start(corrections="none") == []
    with pytest.raises(BadConfigException, match="there is no correction `methodology`. Known are all, none"):
        at_start(corrections="methodology")
    (conf / "live/parameters.yml").write_text("corrections: none")
    assert parameters(conf, "live")["release_page_exclusions_at_start"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "a list, where settings are expected"),
        ("5\n", "Invalid loaded object type: int"),
        ("'5'\n", "one value, where settings are expected"),
    ],
)
def test_a_file_without_settings_is_named(conf, text, message):
    (conf / "base/parameters_rules.yml").write_text(text)
    with pytest.raises(BadConfigException, match=f"parameters_rules.yml: {message}"):
        parameters(conf)
