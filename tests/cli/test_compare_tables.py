"""`kedro compare-tables` reports every kind of difference by table, day and column."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import DeltaTable, write_deltalake
from kedro.framework.cli.cli import KedroCLI

from ees_analytics.cli import cli, compare_tables
from ees_analytics.cli.compare_tables import difference, open_catalog
from tests.conftest import PROJECT, project

PAGES = pa.table(
    {
        "date": pa.array([dt.date(2026, 6, day) for day in (1, 1, 2, 2)], pa.date32()),
        "pagePath": ["/a", "/b", "/a", "/b"],
        "sessions": [1.0, 2.0, 3.0, 4.0],
    }
)
SLUGS = pa.table({"slug": ["a", "b"], "title": ["A", "B"]})


@pytest.fixture(scope="module", autouse=True)
def _catalogs():
    """Each catalogue is opened once: most of a command's time is reading conf."""
    opened = {}

    def open_once(project, options):
        key = tuple(sorted(options.items()))
        if key not in opened:
            opened[key] = open_catalog(project, options)
        return opened[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare_tables, "open_catalog", open_once)
        yield


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("lakes")
    return folder / "left", folder / "right"


@pytest.fixture
def lakes(folders) -> Iterator[tuple[Path, Path]]:
    left, right = folders
    write_deltalake(left / "analytics_raw/ees_ga4_page", PAGES)
    write_deltalake(left / "analytics_raw/ees_pub_scrape", SLUGS)
    shutil.copytree(left, right)
    yield left, right
    for lake in folders:
        shutil.rmtree(lake)


def compare(lakes, *options: str):
    metadata = project()
    sides = ["--left", f"lake_root={lakes[0]}", "--right", f"env=live,lake_root={lakes[1]}"]
    return CliRunner().invoke(cli, ["compare-tables", *sides, *options], obj=metadata)


def edit(lake: Path, rows: pa.Table, table: str = "ees_ga4_page") -> None:
    write_deltalake(lake / "analytics_raw" / table, rows, mode="overwrite", schema_mode="overwrite")


def test_equal_lakes(lakes):
    result = compare(lakes)
    assert (result.exit_code, result.output.strip()) == (0, "No differences: 2 tables, 6 rows on each side.")


def test_a_missing_lake_is_an_error(lakes, tmp_path):
    for sides in [
        (tmp_path / "lak", tmp_path / "lak"),
        (lakes[0], tmp_path / "lak"),
        (tmp_path / "lak", lakes[1]),
    ]:
        result = compare(sides)
        assert result.exit_code == 1
        assert "There is no table at all" in result.output
        assert str(tmp_path / "lak") in result.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tables", "raw.ees_ua_page,raw.ees_ga4_page"), "On neither side: raw.ees_ua_page (looked at "),
        (("--tables", "app.ees_service_summry"), "Did you mean app.ees_service_summary"),
        (("--tables", "ees_ga4_page"), "Did you mean raw.ees_ga4_page?"),
        (("--tables", "page"), "Tables have names as raw.ees_ga4_page"),
        (("--tables", "raw.ees_ga4_page", "--days", "2020-06-07..2020-06-08"), "no table has a row of these days"),
        (("--days", "2026-06-07..2026-06-01"), "give the earlier day first"),
    ],
)  # fmt: skip
def test_nothing_to_compare_is_an_error(lakes, options, message):
    result = compare(lakes, *options)
    assert result.exit_code != 0
    assert message in " ".join(result.output.split())


def test_the_order_of_rows_and_columns_is_not_a_difference(lakes):
    edit(lakes[1], PAGES.take([3, 1, 0, 2]).select(["sessions", "date", "pagePath"]))
    assert compare(lakes).exit_code == 0


def test_a_changed_value_is_reported_by_table_day_and_column(lakes):
    edit(lakes[1], PAGES.set_column(2, "sessions", pa.array([1.0, 2.0, 3.0, 9.0])))
    result = compare(lakes, "--tables", "raw.ees_ga4_page")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "raw.ees_ga4_page: differences on 1 day; rows 4 left, 4 right; sessions differs in 1",
        "  2026-06-02: rows 2 left, 2 right; sessions differs in 1",
        "    2026-06-02 | /b: sessions 4.0 left, 9.0 right",
        "Error: Differences in 1 of 1 table.",
    ]


def test_tables_that_are_not_named_have_one_line_each(lakes):
    edit(lakes[1], PAGES.slice(0, 3))
    edit(lakes[0], PAGES.slice(1))
    edit(lakes[0], SLUGS.slice(1), "ees_pub_scrape")
    assert compare(lakes).output.splitlines() == [
        "raw.ees_ga4_page: differences on 2 days; rows 3 left, 3 right; 1 only right; 1 only left",
        "raw.ees_pub_scrape: rows 1 left, 2 right; 1 only right",
        "Error: Differences in 2 of 2 tables. --tables <name>,<name> shows their days and rows.",
    ]


def test_of_many_days_the_newest_are_shown(lakes):
    days = [dt.date(2026, 6, day) for day in range(1, 13)]
    pages = pa.table({"date": pa.array(days, pa.date32()), "pagePath": ["/"] * 12, "sessions": [1.0] * 12})
    edit(lakes[0], pages)
    edit(lakes[1], pages.set_column(2, "sessions", pa.array([2.0] * 12)))
    lines = compare(lakes, "--tables", "raw.ees_ga4_page").output.splitlines()
    assert lines[1].startswith("  2026-06-12: rows 1 left")
    assert lines[-2] == "  and 2 earlier days: --days shows all of a range"
    assert not any("2026-06-02" in line for line in lines)
    chosen = compare(lakes, "--tables", "raw.ees_ga4_page", "--days", "2026-06-01..").output
    assert "  2026-06-01: rows 1 left" in chosen
    assert "earlier day" not in chosen


def test_a_table_without_days_is_compared_whole(lakes):
    edit(lakes[1], SLUGS.slice(1), "ees_pub_scrape")
    printed = compare(lakes, "--tables", "raw.ees_pub_scrape").output
    assert "  whole table: rows 2 left, 1 right; 1 only left\n    only left: a\n" in printed


def test_a_table_without_rows_on_one_side_has_one_line(lakes):
    edit(lakes[0], PAGES.slice(0, 0))
    assert compare(lakes).output.splitlines() == [
        "raw.ees_ga4_page: rows 0 left, 4 right",
        "Error: Differences in 1 of 2 tables. --tables <name>,<name> shows their days and rows.",
    ]


def test_missing_tables_and_columns(lakes):
    shutil.rmtree(lakes[0] / "analytics_raw/ees_pub_scrape")
    edit(lakes[1], PAGES.drop_columns(["sessions"]))
    result = compare(lakes).output
    assert "raw.ees_pub_scrape: the table is missing left" in result
    assert "raw.ees_ga4_page: the column sessions is only on the left" in result
    assert "Error: Differences in 2 of 2 tables." in result


def test_only_some_tables_and_days(lakes):
    edit(lakes[1], PAGES.slice(0, 3))
    assert compare(lakes, "--tables", "raw.ees_pub_scrape").exit_code == 0
    assert compare(lakes, "--days", "2026-06-01").exit_code == 0
    assert compare(lakes, "--days", "2026-06-01..2026-06-02").exit_code == 1
    assert compare(lakes, "--days", "June").exit_code == 2


def test_a_tolerance_for_numbers(lakes):
    edit(lakes[1], PAGES.set_column(2, "sessions", pa.array([1.0, 2.0, 3.0, 4.0 + 1e-12])))
    assert compare(lakes).exit_code == 1
    assert compare(lakes, "--tolerance", "1e-9").exit_code == 0


def test_nothing_is_written(lakes):
    compare(lakes)
    assert [DeltaTable(lake / "analytics_raw/ees_ga4_page").version() for lake in lakes] == [0, 0]


def test_other_types_of_equal_values_are_not_a_difference():
    left = pa.table({"n": pa.array([1, 2], pa.int32()), "at": pa.array([dt.datetime(2026, 6, 1)] * 2)})
    right = pa.table({"n": [1.0, 2.0], "at": pa.array([dt.datetime(2026, 6, 1, tzinfo=dt.UTC)] * 2)})
    assert difference(left, right, ["n"]) is None
    assert difference(left, right, []) is None


def test_rows_that_repeat_are_counted():
    twice, once = pa.table({"a": ["x", "x"]}), pa.table({"a": ["x"]})
    found = difference(twice, once, ["a"])
    assert (str(found), found.examples) == ("rows 2 left, 1 right; 1 only left", ["only left: x"])


def test_kedro_knows_the_command():
    result = CliRunner().invoke(KedroCLI(PROJECT), ["compare-tables", "--help"])
    assert "--left" in result.stdout


def compare_times(lake: Path, *options: str):
    metadata = project()
    return CliRunner().invoke(cli, ["compare-tables", "--tables", "raw.ees_ga4_page", *options], obj=metadata)


@pytest.mark.parametrize("left", ["version=-1", "version:-1", "version=0"])
def test_a_lake_is_compared_with_an_earlier_version_of_itself(lakes, left):
    """Maintenance does not hide what changed before it."""
    edit(lakes[0], PAGES.set_column(2, "sessions", pa.array([1.0, 2.0, 3.0, 9.0])))
    DeltaTable(lakes[0] / "analytics_raw/ees_ga4_page").optimize.compact()
    result = compare_times(lakes[0], "--left", f"lake_root={lakes[0]},{left}")
    assert "  2026-06-02: rows 2 left, 2 right; sessions differs in 1" in result.output
    assert result.exit_code == 1


def test_a_lake_is_compared_with_itself_at_a_time(lakes):
    now = dt.datetime.now(dt.UTC)
    same = compare_times(lakes[0], "--left", f"lake_root={lakes[0]},as_of={now.isoformat()}")
    assert (same.exit_code, same.output.strip()) == (0, "No differences: 1 table, 4 rows on each side.")
    before = compare_times(lakes[0], "--left", f"lake_root={lakes[0]},as_of=2020-06-27")
    assert before.exit_code == 1
    assert (
        "raw.ees_ga4_page: it has no version at 2020-06-27 23:59 BST. Its versions are from 0"
        in before.output
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--left", "version=old"), "Examples: version=-1"),
        (("--left", "as_of=yesterday"), "`yesterday` is not a time. Examples: "),
        (("--left", "yesterday"), "`yesterday` is neither a version, a time nor a parameter. Examples: "),
        (("--left", "yesterday"), f"as_of={dt.date.today() - dt.timedelta(days=1)} (the end of yesterday)"),
        (("--left", "version=-1,as_of=2026-06-27"), "give `version` or `as_of`, not both"),
        (("--left", "lake_root=here"), "Both sides are the same"),
        (("--left", "lake_root=here", "--right", "lake_root=here"), "Both sides are the same"),
    ],
)
def test_a_moment_that_is_none_is_an_error(lakes, options, message):
    result = compare_times(lakes[0], *options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
