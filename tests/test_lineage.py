"""The picture never takes the place of other files."""

from __future__ import annotations

import pytest
from click import ClickException

from ees_analytics.lineage import write_site
from tests.conftest import PROJECT


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "analytics_raw").mkdir()
    with pytest.raises(ClickException, match="holds other files"):
        write_site(PROJECT, "base", {}, tmp_path)
    assert (tmp_path / "analytics_raw").exists()
