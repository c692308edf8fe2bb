"""A backfill shows a bar on a terminal and plain lines in a log."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from unittest.mock import patch

from ees_analytics.datasets import progress
from ees_analytics.datasets.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def terminal() -> Iterator[Terminal]:
    """The error stream is a terminal. (No fixture: pytest sets the stream anew before a test's body.)"""
    screen = Terminal()
    with redirect_stderr(screen), patch.dict("os.environ", {"TERM": "xterm"}):
        yield screen


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


def test_a_bar_on_a_terminal():
    with terminal() as screen, Progress("ees_ga4_page", total=20) as shown:
        shown.advance(1_500)
    assert "ees_ga4_page" in screen.getvalue()
    assert "1,500 rows" in screen.getvalue()


def test_a_few_slices_need_no_bar():
    with terminal() as screen, Progress("ees_ga4_page", total=3) as shown:
        shown.advance(10)
    assert screen.getvalue() == ""


def test_one_bar_at_a_time(monkeypatch, caplog):
    monkeypatch.setattr(progress, "_LOG_EVERY_SECONDS", 0.0)
    with terminal() as screen:
        with Progress("first", total=20), caplog.at_level("INFO"), Progress("second", total=20) as second:
            second.advance(5)
        with Progress("third", total=20) as third:
            third.advance(5)
    assert "second: 1 of 20" in caplog.text
    assert "third" in screen.getvalue()
