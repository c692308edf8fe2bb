"""Log records and tracebacks hold texts from outside: they are printable, whichever handler writes them."""

import io
import logging
import subprocess
import sys
import threading
import warnings

import pytest
from kedro.config import BadConfigException

from ees_analytics.console.logging_setup import configure_logging, print_safely
from ees_analytics.contracts import InvalidContract

HOSTILE = "\x1b[2J\u202e Bearer TOPSECRET\n✓ Run succeeded"


@pytest.fixture(autouse=True)
def printed_safely(monkeypatch):
    factory = logging.getLogRecordFactory()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)
    logging.captureWarnings(False)
    print_safely()
    yield
    logging.captureWarnings(False)
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


def test_a_warning(caplog):
    warnings.warn(HOSTILE, stacklevel=1)
    assert is_safe(caplog.text)


def test_an_exception_that_cannot_be_raised(capsys):
    class Fails:
        def __repr__(self) -> str:
            return HOSTILE

        def __del__(self) -> None:
            raise ValueError(HOSTILE)

    Fails()
    assert is_safe(capsys.readouterr().err)


def test_grpc_writes_nothing_past_python():
    """Its own text about a host that does not answer goes to the process's standard error."""
    code = (
        "from ees_analytics.console.logging_setup import print_safely; print_safely(); import grpc\n"
        "grpc.insecure_channel('ipv4:TOPSECRET').unary_unary('/a')(b'', timeout=1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, "the exception is Python's"
    assert "TOPSECRET" not in done.stderr.partition("Traceback")[0]


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


def test_a_mistake_in_conf_or_a_contract_has_no_traceback(capsys):
    """As of ``kedro registry list``, which is Kedro's own command."""
    for error in (BadConfigException("conf/x.yml, line 2: y"), InvalidContract("contracts/app/x.yml: y")):
        sys.excepthook(type(error), error, None)
        assert capsys.readouterr().err == f"Error: {error}\n"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_traceback_of_a_thread(capsys):
    def fail() -> None:
        raise ValueError(HOSTILE)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert is_safe(capsys.readouterr().err)


def test_a_long_message_is_cut_on_the_terminal_only(monkeypatch, caplog):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler, caplog.handler])
    configure_logging()
    logging.getLogger("ees_analytics.x").warning("%s set aside: %s. Do this.", "name", "column, " * 2_500)
    printed = sys.stderr.getvalue()
    assert printed.startswith("WARNING name set aside: column, ")
    assert printed.endswith("Do this.\n")
    assert len(printed) < 320
    assert len(caplog.messages[0]) == 20_000
