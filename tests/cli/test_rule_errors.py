"""A rule that cannot work is refused before a run, by its label, file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from kedro.config import BadConfigException

from ees_analytics.cli.package import write_archive
from ees_analytics.cli.rule_errors import check_rules
from ees_analytics.parameters.corrections import corrected
from tests.conftest import PROJECT
from tests.reporting import conf

RULES = """\
unclassified: {max_share: 0.01}
page_type_by_path:
  - {contains: /a/, label: A page, example: /a/1}
  - {starts_with: /z, label: Z, example: /z, replaced_by: new}
  # the row above is not there while the correction is on
  - {contains: /b/, label: B page, example: /b/1}
  - {equals: /b, label: B home, example: /b}
"""


def check(folder: Path, text: str, corrections: str = "all") -> None:
    file = folder / "conf/base/parameters_rules.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    check_rules(corrected(yaml.safe_load(text), corrections), folder / "conf")


def test_the_rules_in_conf_are_accepted(caplog):
    for corrections in ("all", "none"):
        check_rules(conf(corrections), PROJECT / "conf")
    assert not caplog.records


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "example: /b/1",
            "example: /c/1",
            "line 6: the rule `B page` of page_type_by_path: its example '/c/1' does not pass its own test",
        ),
        (
            "example: /b/1",
            "example: /a/b/1",
            r"line 6: .* '/a/b/1' is taken first by the rule `A page` of page_type_by_path \(line 3\)",
        ),
        ("contains: /b/, label: B page, example: /b/1", "equals: /a/b, label: B page", "line 6: .* nothing"),
        ("label: B home", "lable: B home", "line 7: the rule `/b` of page_type_by_path: lable: there is no"),
        ("label: B home", "label: 5", "line 7: the rule `5` of page_type_by_path: label: Input should be"),
        ("{equals: /b, label: B home, example: /b}", "Home", "line 7: row 3 of page_type_by_path: Input"),
        (
            "- {equals: /b, label: B home, example: /b}",
            "- {contains: /a/, label: A page, example: /a/1}",
            r"line 7: the rule `A page` of .*matches nothing, .* \(line 3\) takes all",
        ),
    ],
)
def test_a_rule_that_cannot_work_is_named_with_file_and_line(tmp_path, old, new, message):
    check(tmp_path, RULES)
    with pytest.raises(BadConfigException, match="conf/base/parameters_rules.yml, " + message):
        check(tmp_path, RULES.replace(old, new))


def test_each_fault_has_a_line(tmp_path):
    with pytest.raises(BadConfigException) as caught:
        check(tmp_path, RULES.replace("label: ", "lable: "))
    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()] == [
        f"conf/base/parameters_rules.yml, line {line}" for line in (3, 3, 6, 6, 7, 7)
    ]


@pytest.mark.parametrize(
    ("section", "change", "message"),
    [
        ("downloads", {"download_type": [{"equals": "a", "label": "A", "example": "b"}]}, "rule `A` of downloads.download_type: its example 'b'"),
        ("accordions", {"service_page_types": ["Glossary", 5]}, "row 2 of accordions.service_page_types: Input"),
        ("search_events", {"page_types": []}, "search_events.*page_types: there is no such setting. Did you mean page_type"),
        ("accordions", {"page_type": [{"contain": "a", "label": "A"}]}, "rule `A` of .*: contain: there .*mean contains"),
        ("ignored_events", [{"equals": "a"}], "the rule `a` of ignored_events: reason: this setting is missing"),
    ],
)  # fmt: skip
def test_every_list_of_rules_is_checked(section: str, change: Any, message: str):
    changed = {**conf()[section], **change} if isinstance(change, dict) else change
    with pytest.raises(BadConfigException, match=message):
        check_rules({section: changed}, PROJECT / "conf")


def test_a_rule_in_the_archive_of_conf_has_a_line_too(tmp_path):
    wrong = RULES.replace("/b/1", "/c/1")
    (tmp_path / "conf/base").mkdir(parents=True)
    (tmp_path / "conf/logging.yml").touch()
    (tmp_path / "conf/base/parameters_rules.yml").write_text(wrong)
    archive = write_archive(tmp_path / "conf", tmp_path / "changed.tar.gz")
    with pytest.raises(BadConfigException, match="base/parameters_rules.yml, line 6: the rule `B page`"):
        check_rules(corrected(yaml.safe_load(wrong), "all"), archive)


def test_a_rule_that_no_file_has_is_named_without_one():
    """``--params`` may change it."""
    rules = conf()
    rules["page_type_by_path"][0]["example"] = "/x"
    with pytest.raises(
        BadConfigException, match="^the rule `Data guidance` of page_type_by_path: its example"
    ):
        check_rules(rules, PROJECT / "conf")


def test_a_share_that_lets_everything_pass_is_warned_of(tmp_path, caplog):
    check(tmp_path, RULES.replace("0.01", "0.5"))
    assert not caplog.records
    check(tmp_path, RULES.replace("0.01", "1"))
    assert "unclassified.max_share: 1 accepts tables of which 100% is unclassified" in caplog.text
