"""Logging where there is no ``conf/logging.yml``: as short as in the project's folder."""

import copy
import logging
import os
import sys
import threading
import traceback
import warnings
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml
from kedro.config import BadConfigException, MissingConfigException
from kedro.framework import project

from ees_analytics.console.safe_text import MAX_ON_TERMINAL, printable


class SafeRecord(logging.LogRecord):
    """A log record whose message and traceback are printable (``safe_text``), whichever handler writes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0]:
            self.exc_text = _traceback(*self.exc_info)
            self.exc_info = None  # handlers would format it themselves

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        """The message with its arguments."""
        return printable(super().getMessage())


class _OnTerminal(logging.Formatter):
    """Another formatter's lines, with messages of at most ``MAX_ON_TERMINAL`` characters."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        shown = copy.copy(record)  # other handlers get the whole message
        shown.msg, shown.args = printable(record.getMessage(), MAX_ON_TERMINAL), None
        return self._inner.format(shown)


def print_safely() -> None:
    """Make log records, warnings and tracebacks of this process printable: they hold texts from outside.

    A mistake in conf or in a contract has no traceback, whichever command finds it.
    gRPC writes to standard error past Python, so it is silenced; its failures reach Python as exceptions.
    """
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    logging.setLogRecordFactory(SafeRecord)
    logging.captureWarnings(True)
    sys.excepthook = _print_error
    threading.excepthook = _print_of_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _print_ignored


def _print_error(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    is_of_user = isinstance(error, BadConfigException | MissingConfigException)
    shown = f"Error: {printable(str(error))}" if is_of_user else _traceback(kind, error, where)
    print(shown, file=sys.stderr)  # noqa: T201


def _print_of_thread(error: threading.ExceptHookArgs) -> None:
    if error.exc_type is not SystemExit:
        print(_traceback(*error[:3]), file=sys.stderr)  # noqa: T201


def _print_ignored(error: Any) -> None:
    """Print an exception that Python cannot raise, because an object is being deleted."""
    shown = printable(f"{error.err_msg or 'Exception ignored in'}: {error.object!r}")
    print(shown, _traceback(error.exc_type, error.exc_value, error.exc_traceback), sep="\n", file=sys.stderr)  # noqa: T201


def configure_logging() -> None:
    """Use the package's own logging configuration, unless the project or the caller has one.

    A message on the terminal is cut where it is long; the run report has all of it. Warnings of libraries to their own
    developers are dropped.
    """
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    for message in ("Accessing the 'model_fields' attribute", "ORJSONResponse is deprecated"):
        warnings.filterwarnings("ignore", message=message)
    if not _has_own_logging():
        text = files("ees_analytics").joinpath("logging.yml").read_text(encoding="utf-8")
        project.configure_logging(yaml.safe_load(text))
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream in (sys.stdout, sys.stderr):
            handler.setFormatter(_OnTerminal(handler.formatter or logging.Formatter()))


def silence_kedro() -> None:
    """Log no line for each table that Kedro reads, where Kedro's own logging is in use: in notebooks."""
    if not _has_own_logging():
        logging.getLogger("kedro").setLevel(logging.WARNING)


def _has_own_logging() -> bool:
    return "KEDRO_LOGGING_CONFIG" in os.environ or Path("conf/logging.yml").is_file()


def _traceback(
    kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
) -> str:
    text = "".join(traceback.format_exception(kind, error, where))
    return printable(text, len(text)).rstrip()
