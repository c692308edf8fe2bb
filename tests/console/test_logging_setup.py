"""Log records and tracebacks hold texts from outside: they are printable, whichever handler writes them."""

import logging
import sys
import threading

import pytest

from ees_analytics.console.logging_setup import print_safely

HOSTILE = "\x1b[2J\u202e Bearer TOPSECRET\n✓ Run succeeded"


@pytest.fixture(autouse=True)
def printed_safely(monkeypatch):
    factory = logging.getLogRecordFactory()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    print_safely()
    yield
    logging.setLogRecordFactory(factory)


def is_safe(text: str) -> bool:
    return (
        "TOPSECRET" not in text
        and r"\x1b[2J\u202e Bearer [hidden]" in text
        and not any(line.startswith("✓") for line in text.splitlines())
    )


def test_a_log_record(caplog):
    logging.getLogger("any.library").warning("failed: %s", HOSTILE)
    assert is_safe(caplog.text)


def test_a_traceback_in_the_log(caplog):
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("any.library").exception("failed")
    assert is_safe(caplog.text)
    assert "Traceback (most recent call last)" in caplog.text


def test_the_traceback_of_last_resort(capsys):
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        sys.excepthook(*sys.exc_info())
    assert is_safe(capsys.readouterr().err)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_traceback_of_a_thread(capsys):
    def fail() -> None:
        raise ValueError(HOSTILE)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert is_safe(capsys.readouterr().err)
