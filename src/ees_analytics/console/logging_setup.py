"""Logging where there is no ``conf/logging.yml``: as short as in the project's folder."""

import logging
import os
import warnings
from importlib.resources import files
from pathlib import Path

import yaml
from kedro.framework import project


def configure_logging() -> None:
    """Use the package's own logging configuration, unless the project or the caller has one.

    Warnings of libraries to their own developers are dropped.
    """
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    for message in ("Accessing the 'model_fields' attribute", "ORJSONResponse is deprecated"):
        warnings.filterwarnings("ignore", message=message)
    if not _has_own_logging():
        text = files("ees_analytics").joinpath("logging.yml").read_text(encoding="utf-8")
        project.configure_logging(yaml.safe_load(text))


def silence_kedro() -> None:
    """Log no line for each table that Kedro reads, where Kedro's own logging is in use: in notebooks."""
    if not _has_own_logging():
        logging.getLogger("kedro").setLevel(logging.WARNING)


def _has_own_logging() -> bool:
    return "KEDRO_LOGGING_CONFIG" in os.environ or Path("conf/logging.yml").is_file()
