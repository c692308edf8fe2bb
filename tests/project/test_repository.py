"""What a reader of the repository and its host rely on."""

import re

import yaml

from ees_analytics.contracts import all_contracts
from tests.conftest import PROJECT

PAGES = (
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "docs/personal-data.md",
    "docs/deployment.md",
    "docs/faults.md",
)


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        folder = (PROJECT / page).parent
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (PROJECT / page).read_text()):
            assert (folder / target).exists(), f"{page}: {target}"


def test_updates_leave_alone_what_the_runtime_decides():
    (updates,) = yaml.safe_load((PROJECT / ".github/dependabot.yml").read_text())["updates"]
    assert updates["package-ecosystem"] == "pip"
    assert {"pyspark", "delta-spark", "pandas"} <= {entry["dependency-name"] for entry in updates["ignore"]}


def test_every_column_in_which_strangers_write_sentences_is_named():
    lines = (PROJECT / "docs/personal-data.md").read_text().splitlines()
    for contract in all_contracts().values():
        for column in {"query", "parameters", "eventLabel"} & set(contract.column_names):
            if contract.layer == "raw":
                assert [
                    line for line in lines if f"`raw.{contract.name}`" in line and f"`{column}`" in line
                ], f"{contract.name}.{column}"
