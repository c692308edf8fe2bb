"""The picture never takes the place of other files."""

from __future__ import annotations

import pytest
from click import ClickException

from ees_analytics.viz.site import write_site
from tests.conftest import PROJECT


@pytest.mark.parametrize("name", ["index.html", "api/main", "assets/rows.parquet"])
def test_files_of_something_else_are_left_alone(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("precious")
    with pytest.raises(ClickException, match="Choose another folder with --target"):
        write_site(PROJECT, None, {}, tmp_path)
    assert (tmp_path / name).read_text() == "precious"


def test_a_wrong_parameter_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(ClickException, match="Did you mean run_date"):
        write_site(PROJECT, None, {"rundate": "2026-06-30"}, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_an_earlier_picture_is_written_over_and_other_files_stay(tmp_path):
    where = {"lake_root": f"{tmp_path}/lake"}
    write_site(PROJECT, None, where, tmp_path / "site", previews=False)
    (tmp_path / "site/api/nodes/of_a_table_that_is_no_more").write_text("{}")
    (tmp_path / "site/notes.txt").write_text("precious")
    graph = (tmp_path / "site/api/main").read_text()
    write_site(PROJECT, None, where, tmp_path / "site", previews=False)
    assert not (tmp_path / "site/api/nodes/of_a_table_that_is_no_more").exists()
    assert (tmp_path / "site/notes.txt").read_text() == "precious"
    assert (tmp_path / "site/api/main").read_text() == graph
