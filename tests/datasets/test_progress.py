"""A backfill shows a bar on a terminal and plain lines in a log."""

from __future__ import annotations

import io
import sys

import pytest

from ees_analytics.datasets import progress
from ees_analytics.datasets.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    return screen


def test_plain_lines_in_a_log(monkeypatch, caplog):
    monkeypatch.setattr(progress, "_LOG_EVERY_SECONDS", 0.0)
    with caplog.at_level("INFO"), Progress("ees_ga4_page", total=20) as shown:
        shown.advance(1_500)
    assert "ees_ga4_page: 1 of 20 fetched, 1,500 rows" in caplog.text
    assert "s left" in caplog.text


def test_no_line_for_every_slice(caplog):
    with caplog.at_level("INFO"), Progress("ees_ga4_page", total=20) as shown:
        for _ in range(20):
            shown.advance(10)
    assert caplog.text == ""


def test_a_bar_on_a_terminal(terminal):
    with Progress("ees_ga4_page", total=20) as shown:
        shown.advance(1_500)
    assert "ees_ga4_page" in terminal.getvalue()
    assert "1,500 rows" in terminal.getvalue()


def test_a_few_slices_need_no_bar(terminal):
    with Progress("ees_ga4_page", total=3) as shown:
        shown.advance(10)
    assert terminal.getvalue() == ""


def test_one_bar_at_a_time(terminal, monkeypatch, caplog):
    monkeypatch.setattr(progress, "_LOG_EVERY_SECONDS", 0.0)
    with Progress("first", total=20), caplog.at_level("INFO"), Progress("second", total=20) as second:
        second.advance(5)
    assert "second: 1 of 20" in caplog.text
    with Progress("third", total=20) as third:
        third.advance(5)
    assert "third" in terminal.getvalue()
