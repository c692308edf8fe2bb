"""The landing zone: immutable files that are used only when they hold what their names state."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kedro.io import DatasetError

from ees_analytics.contracts.digest import digest
from ees_analytics.slices.errors import NotYetPublished, SourceError
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.slices.slice import DamagedLanding, FetchedSlice, Flags
from ees_analytics.sources.errors import QuotaExhausted


@pytest.fixture
def landing(tmp_path: Path) -> LandingDataset:
    return LandingDataset(table="t", path=str(tmp_path / "t"), in_flight=2)


def rows(*values: float) -> pa.Table:
    return pa.table({"x": list(values)})


def fetched(*values: float) -> FetchedSlice:
    return FetchedSlice(rows(*values), len(values), Flags(sampled=True), {"asked": "x"}, {"quota": 1})


def failing(error: Exception):
    def fetch() -> FetchedSlice:
        raise error

    return fetch


def files(landing: LandingDataset) -> list[Path]:
    return sorted(landing._folder.rglob("*"))


def test_a_landed_file_says_what_it_holds(landing):
    landing.save({"2026-06-01": lambda: fetched(1.0, 2.0)})
    zone = landing.load()
    item = zone.landed["2026-06-01"]
    assert (item.rows, item.digest) == (2, digest(rows(1.0, 2.0)))
    read = zone.read(item)
    assert read.rows.to_pylist() == [{"x": 1.0}, {"x": 2.0}]
    assert (read.expected_rows, read.flags.sampled, read.request, read.metadata) == (
        2,
        True,
        {"asked": "x"},
        {"quota": 1},
    )
    assert zone.describe(item)["table"] == "t"
    assert [path.suffix for path in files(landing)] == [".parquet"]


def test_a_name_of_160_bytes_can_be_landed(landing):
    name = "20260601-010203-" + "x" * 136 + ".parquet"
    landing.save({name: lambda: fetched(*map(float, range(12)))})
    assert landing.load().read(landing.load().landed[name]).rows.num_rows == 12


def test_a_file_of_release_0_1_0_is_verified_by_its_own_digest_and_not_written_again(landing):
    landing.save({"d": lambda: fetched(1.0, 2.0)})
    (path,) = files(landing)
    former = path.with_name(path.name.replace(digest(rows(1.0, 2.0)), digest(rows(1.0, 2.0), "0" * 32)))
    path.rename(former)
    zone = landing.load()
    assert zone.read(zone.landed["d"]).rows.num_rows == 2
    landing.save({"d": lambda: fetched(2.0, 1.0)})
    assert files(landing) == [former]
    landing.save({"d": lambda: fetched(2.0, 3.0)})
    assert landing.load().landed["d"].digest == digest(rows(2.0, 3.0))


def test_an_empty_folder_holds_nothing(landing):
    assert landing.load().landed == {}


def test_the_same_rows_need_no_second_file(landing):
    landing.save({"d": lambda: fetched(1.0, 2.0)})
    landing.save({"d": lambda: fetched(2.0, 1.0)})
    assert len(files(landing)) == 1


def test_the_newest_file_counts_and_the_earlier_one_stays(landing):
    landing.save({"d": lambda: fetched(1.0)})
    landing.save({"d": lambda: fetched(2.0)})
    assert landing.load().landed["d"].digest == digest(rows(2.0))
    assert len(files(landing)) == 2


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: b"", lambda data: data[:40] + b"x" + data[41:]]
)
def test_a_damaged_file_is_noticed_and_fetched_again(landing, damage):
    landing.save({"d": lambda: fetched(*map(float, range(50)))})
    (path,) = files(landing)
    path.write_bytes(damage(path.read_bytes()))
    zone = landing.load()
    with pytest.raises(DamagedLanding):
        zone.read(zone.landed["d"])
    landing.save({"d": lambda: fetched(*map(float, range(50)))})
    zone = landing.load()
    assert zone.read(zone.landed["d"]).rows.num_rows == 50


def test_a_failed_slice_is_filed_with_its_reason_and_rows(landing):
    landing.save({"a": failing(SourceError("a key twice", rows(7.0))), "b": lambda: fetched(1.0)})
    zone = landing.load()
    assert set(zone.landed) == {"b"}
    assert zone.reason(zone.quarantined["a"]) == "a key twice"
    landing.save({"a": lambda: fetched(1.0)})
    assert landing.load().quarantined == {}


def test_an_unpublished_slice_leaves_nothing(landing, caplog):
    with caplog.at_level(logging.INFO, logger="ees_analytics"):
        landing.save({"a": failing(NotYetPublished("nothing yet"))})
    assert files(landing) == []
    assert "not published yet" in caplog.text


def test_after_a_stop_no_further_slice_is_asked_for(landing):
    called: list[int] = []

    def slow(number: int) -> FetchedSlice:
        called.append(number)
        time.sleep(0.05)
        return fetched(1.0)

    asked = {"00": failing(QuotaExhausted("the daily quota is used up"))}
    asked |= {f"{number:02}": (lambda number=number: slow(number)) for number in range(1, 20)}
    landing.save(asked)
    assert len(called) <= 3
    assert "00" in landing.load().quarantined


def test_a_bug_is_an_error_and_what_landed_stays(landing):
    with pytest.raises(DatasetError, match="boom"):
        landing.save({"a": lambda: fetched(1.0), "b": failing(RuntimeError("boom"))})


def test_a_few_at_a_time(landing):
    running, most, lock = 0, 0, threading.Lock()

    def fetch() -> FetchedSlice:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return fetched(1.0)

    landing.save({str(number): fetch for number in range(12)})
    assert most == 2
    assert len(landing.load().landed) == 12


def test_a_file_has_its_name_only_when_it_is_complete(landing, monkeypatch):
    """A process that is killed while it writes leaves nothing that looks like a landed slice."""
    seen = []
    write = pq.write_table

    def watched(table, where, **options):
        write(table, where, **options)
        seen.append((landing.load().landed, landing.load().quarantined))
        if len(seen) == 2:
            raise OSError("the disk is full")

    monkeypatch.setattr(pq, "write_table", watched)
    landing.save({"a": failing(SourceError("a key twice", rows(7.0)))})
    with pytest.raises(DatasetError, match="the disk is full"):
        landing.save({"d": lambda: fetched(1.0)})
    assert seen[0] == ({}, {})
    assert seen[1][0] == {}
    assert landing.load().landed == {}
    assert not [path for path in files(landing) if path.suffix == ".tmp"]


def test_a_half_written_file_is_no_landed_slice(landing, tmp_path):
    landing.save({"d": lambda: fetched(1.0)})
    (path,) = files(landing)
    path.with_name(f".{path.name}.123.tmp").write_bytes(path.read_bytes()[:30])
    assert set(landing.load().landed) == {"d"}


class Clock(dt.datetime):
    """A clock that is set back by an hour at each reading."""

    hour = 12

    @classmethod
    def now(cls, tz=None):
        cls.hour -= 1
        return cls(2026, 6, 1, cls.hour, tzinfo=tz)


def test_the_newest_file_is_the_one_written_last_whatever_the_clock_does(landing, monkeypatch):
    monkeypatch.setattr("ees_analytics.slices.landing_dataset.dt.datetime", Clock)
    landing.save({"d": lambda: fetched(1.0)})
    landing.save({"d": failing(SourceError("a key twice"))})
    assert landing.load().reason(landing.load().quarantined["d"]) == "a key twice"
    landing.save({"d": failing(SourceError("a null"))})
    assert landing.load().reason(landing.load().quarantined["d"]) == "a null"
    landing.save({"d": lambda: fetched(2.0)})
    assert landing.load().quarantined == {}
    landing.save({"d": lambda: fetched(3.0)})
    assert landing.load().landed["d"].digest == digest(rows(3.0))
