"""A full or read-only disk is one fault of a folder, not one of each table."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from kedro.io import DatasetError

from ees_analytics.console.disk_errors import describe_disk_error
from ees_analytics.run_report.attention import attention
from ees_analytics.runner import RunFailed, reason_of
from tests.run_report.examples import example_run

LANDING = "LandingDataset(table='{0}', path='/data/landing/{0}')"
LAKE = "TableDataset(table='raw.{0}', engine='sail', lake_root='/data/lake', mode='replace-slice')"
PAGE = "reports.HtmlDataset(filepath='/data/reports/run.html')"


def failed(dataset: str, cause: Exception, table: str = "ees_ga4_page") -> DatasetError:
    """What the catalogue makes of an error while it saves."""
    try:
        raise DatasetError(
            f"raw.{table}: Failed while saving data to dataset {dataset.format(table)}.\n{cause}"
        ) from cause
    except DatasetError as error:
        return error


def full_disk() -> OSError:
    """The error of the system itself."""
    with pytest.raises(OSError) as caught, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")
    return caught.value


RUST = "Generic LocalFileSystem error: Unable to copy data to file: {} (os error {})"


@pytest.mark.parametrize(
    ("dataset", "cause", "expected"),
    [
        (LANDING, full_disk(), "The disk of /data/landing is full. Free some space there"),
        (LANDING, OSError(errno.EDQUOT, "Disk quota exceeded"), "/data/landing is full"),
        (LANDING, OSError("[Errno 28] Error writing bytes to file. Detail: [errno 28] No space"), "is full"),
        (LAKE, RuntimeError(RUST.format("No space left on device", 28)), "The disk of /data/lake is full"),
        (LAKE, RuntimeError("java.io.IOException: No space left on device"), "/data/lake is full"),
        (LAKE, RuntimeError(RUST.format("Read-only file system", 30)), "/data/lake is read-only"),
        (LAKE, OSError(errno.EROFS, "Read-only file system", "/data"), "/data/lake is read-only"),
        (
            PAGE,
            PermissionError(errno.EACCES, "Permission denied", "/x"),
            "/data/reports may not be written to",
        ),
    ],
)
def test_the_fault_and_the_folder_are_named(dataset, cause, expected):
    reason = reason_of(failed(dataset, cause))
    assert expected in reason
    assert "choose another folder, and run again." in reason
    assert "Dataset(" not in reason


@pytest.mark.parametrize(
    "error",
    [
        failed(LAKE, ValueError("the third row is odd")),
        failed(LAKE, ConnectionRefusedError(errno.ECONNREFUSED, "refused")),
        FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/data"),
        PermissionError(errno.EACCES, "a key file that cannot be read", "/key.json"),
    ],
)
def test_other_errors_are_described_elsewhere(error):
    assert describe_disk_error(error) is None


def test_many_tables_of_a_full_disk_are_one_line_and_one_item():
    failures = {f"ingest.t{number}.land": failed(LANDING, full_disk(), f"t{number}") for number in range(7)}
    message = str(RunFailed(failures, []))
    assert message.count("The disk of /data/landing is full") == message.count("✗") == 1
    run = example_run(failures={step: reason_of(error) for step, error in failures.items()})
    (item,) = [item for item in attention(run) if "is full" in item.what]
    assert len(item.about) == 7
