"""The picture never takes the place of other files."""

from __future__ import annotations

import threading
import urllib.request

import pytest
from click import ClickException

from ees_analytics.lineage import server_of, write_site
from tests.conftest import PROJECT


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "analytics_raw").mkdir()
    with pytest.raises(ClickException, match="holds other files"):
        write_site(PROJECT, "base", {}, tmp_path)
    assert (tmp_path / "analytics_raw").exists()


def test_the_picture_is_shown_to_this_machine_only(tmp_path, capfd):
    (tmp_path / "index.html").write_text("the picture")
    with server_of(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert server.server_address[0] == "127.0.0.1"
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/", timeout=10) as answer:
            assert answer.read() == b"the picture"
        with pytest.raises(ClickException, match="Choose another one with --port"):
            server_of(tmp_path, server.server_port)
        server.shutdown()
    assert capfd.readouterr().err == ""
