"""A run shows bars on a terminal and plain lines in a log."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from unittest.mock import patch

import pytest

from ees_analytics.console import progress
from ees_analytics.console.progress import Progress, RunProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def terminal() -> Iterator[Terminal]:
    """The error stream is a terminal. (Not a fixture: pytest replaces the stream before a test's body.)"""
    screen = Terminal()
    with redirect_stderr(screen), patch.dict("os.environ", {"TERM": "xterm", "COLUMNS": "120"}):
        yield screen


def test_plain_lines_in_a_log(monkeypatch, caplog):
    monkeypatch.setattr(progress, "_LOG_EVERY_SECONDS", 0.0)
    with caplog.at_level("INFO"), Progress("ees_ga4_page", total=20, unit="day") as shown:
        shown.advance(1_500)
    assert "ees_ga4_page: 1 of 20 days fetched, 1,500 rows" in caplog.text
    assert "s left" in caplog.text


def test_no_line_for_every_slice_nor_step(caplog):
    with (
        caplog.at_level("INFO"),
        RunProgress(40) as run,
        Progress("ees_ga4_page", total=20, unit="day") as shown,
    ):
        for _ in range(20):
            shown.advance(10)
            run.update(3, ["a"])
    assert caplog.text == ""


def test_a_long_run_logs_its_progress(monkeypatch, caplog):
    monkeypatch.setattr(progress, "_LOG_EVERY_SECONDS", 0.0)
    with caplog.at_level("INFO"), RunProgress(40) as run:
        run.update(3, ["ees_b", "ees_a", "ees_c"])
        run.update(39, ["ees_b"])
        run.update(40, [])
    assert caplog.messages == [
        "3 of 40 steps done; running: ees_a and 2 more",
        "39 of 40 steps done; running: ees_b",
    ]


def test_bars_on_a_terminal():
    with terminal() as screen:
        with RunProgress(40) as run:
            run.update(7, ["ees_b", "ees_a"])
            with (
                Progress("ees_ga4_page", total=20, unit="day") as first,
                Progress("ees_ga4_hourly", total=20, unit="day") as second,
            ):
                first.advance(1_500)
                second.advance(10)
                progress._Task.screen.refresh()
        output = screen.getvalue()
        assert sys.stderr is screen
    for part in (
        "Run",
        "7 of 40 steps",
        "1 of 20 days fetched",
        "ees_a and 1 more",
        "ees_ga4_page",
        "1,500 rows",
        "ees_ga4_hourly",
    ):
        assert part in output
    assert "\x1b[?25h" in output, "the cursor is shown again"


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_for_plain_text_gets_lines(plain, monkeypatch, caplog):
    monkeypatch.setattr(progress, "_LOG_EVERY_SECONDS", 0.0)
    with terminal() as screen, patch.dict("os.environ", plain), caplog.at_level("INFO"):
        with RunProgress(4) as run, Progress("ees_ga4_page", total=20, unit="day") as shown:
            run.update(1, ["ees_a"])
            shown.advance(10)
        assert screen.getvalue() == ""
    assert caplog.messages[0] == "1 of 4 steps done; running: ees_a"


def test_a_few_slices_have_no_bar():
    with terminal() as screen, RunProgress(4), Progress("ees_ga4_page", total=3, unit="day") as shown:
        shown.advance(10)
    assert "ees_ga4_page" not in screen.getvalue()


def test_log_lines_appear_above_the_bars():
    with terminal() as screen:
        handler = logging.StreamHandler()
        logging.getLogger().addHandler(handler)
        try:
            with RunProgress(4):
                assert handler.stream is not screen
                logging.getLogger("ees_analytics").warning("a page is missing")
            assert handler.stream is screen
        finally:
            logging.getLogger().removeHandler(handler)
    lines = [line for line in screen.getvalue().splitlines() if "a page is missing" in line]
    assert lines and "Steps" not in lines[0]


def test_the_terminal_is_given_back_also_after_a_failure():
    with terminal():
        try:
            with RunProgress(4):
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass
        with Progress("ees_ga4_page", total=20, unit="day") as shown:
            shown.advance(1)
        assert progress._Task.screen is None
