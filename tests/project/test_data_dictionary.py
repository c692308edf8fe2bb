"""The data dictionary has what the contracts have."""

from __future__ import annotations

from ees_analytics.cli.data_dictionary import PAGE, render
from ees_analytics.contracts import all_contracts
from tests.conftest import PROJECT, project

DOWNLOADS = {f"raw.raw_ees_{kind}_downloads" for kind in ("zip", "csv", "table_tool", "permalink_table")}


def page() -> str:
    project()
    return render(PROJECT / "conf")


def test_the_page_is_not_stale():
    assert (PROJECT / PAGE).read_text(encoding="utf-8") == page(), (
        "run `kedro data-dictionary` and commit the page"
    )


def test_every_table_with_its_location_in_each_environment():
    text = page()
    for name, contract in all_contracts().items():
        assert f"\n## {name}\n" in text
        schema = contract.schema
        production = "statistics_services" if name in DOWNLOADS else schema
        assert f"`catalog_40_copper_statistics_services.{production}.{contract.name}`" in text
        assert f"base: `data/lake/{schema}/{contract.name}`" in text
        for column in contract.columns:
            assert f"| `{column.name}` | {column.type} |" in text


def test_checks_are_described_with_their_values():
    text = page()
    assert "- `metric` is one of `clicks`, `impressions`\n" in text
    assert "- The table always has 1 row\n" in text


def test_minimums_are_listed():
    section = page().partition("\n## app.ees_search_console_timeseries\n")[2].partition("\n## ")[0]
    assert "- Finite numbers: `clicks` from 0, `impressions` from 0\n" in section


def test_columns_that_people_can_type_into_are_marked():
    """The catalogue to browse hides them, and docs/personal-data.md names them."""
    typed = {"pagePath", "query", "eventLabel", "parameters"}
    columns = [column for contract in all_contracts().values() for column in contract.columns]
    assert [column.name for column in columns if column.name in typed and not column.personal] == []
    described = (PROJECT / "docs" / "personal-data.md").read_text(encoding="utf-8")
    assert {
        column.name for column in columns if column.personal and f"`{column.name}`" not in described
    } == set()
    assert "| `query` | STRING | no | What was searched for. May have personal data |" in page()
