"""The logs of the public API and of downloads: small parquet files as the upstream job drops them.

On purpose they have what the real ones have: both locations and both forms of names, one file in both locations,
early files without the columns that came later, weekends without a file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import FileType

from .world import DataSet, Publication, World, identifier

FOLDER = "public-api"
DAYS_IN_FOLDERS = 20
"""This many of the oldest days are in sub-folders, the rest in the root."""
DAYS_WITHOUT_TOKENS = 12
"""So many of the oldest days lack the columns that came later."""

KINDS = {
    "raw_ees_top_level": ("top-level", "public-api-top-level-calls"),
    "raw_ees_query_access": ("queries", "public-api-query-access"),
    "raw_ees_queries": ("queries", "public-api-queries"),
    "raw_ees_data_sets": ("data-sets", "public-api-data-set-calls"),
    "raw_ees_publications": ("publications", "public-api-publications-calls"),
    "raw_ees_data_set_versions": ("data-set-versions", "public-api-data-set-version-calls"),
    "raw_ees_zip_downloads": (None, "public-zip-downloads"),
    "raw_ees_csv_downloads": (None, "public-csv-downloads"),
    "raw_ees_table_tool_downloads": (None, "public-table-tool-downloads"),
    "raw_ees_permalink_table_downloads": (None, "public-permalink-table-downloads"),
}
"""Table to sub-folder and kind."""

IN_BOTH_PLACES = "raw_ees_publications"
"""The newest file of this table's sub-folder is in the root as well."""

CALLS_A_DAY = {
    "raw_ees_top_level": 5,
    "raw_ees_query_access": 14,
    "raw_ees_queries": 6,
    "raw_ees_data_sets": 7,
    "raw_ees_publications": 6,
    "raw_ees_data_set_versions": 12,
}
DOWNLOADS_A_DAY = 5

TYPES = {
    "raw_ees_top_level": ["GetPublications"],
    "raw_ees_publications": ["GetDataSets", "GetDataSets", "GetSummary"],
    "raw_ees_data_sets": ["GetSummary", "GetVersions"],
    "raw_ees_data_set_versions": ["DownloadCsv", "DownloadCsv", "GetMetadata", "GetSummary", "GetChanges"],
}
ARROW = {
    FileType.TEXT: pa.string(),
    FileType.UUID: pa.uuid(),
    FileType.JSON: pa.json_(),
    FileType.INT: pa.int32(),
    FileType.TIMESTAMP: pa.timestamp("us"),
}
Row = dict[str, Any]


def write(world: World, out: Path) -> None:
    """Write ``public-api/[<sub-folder>/]<stamp>-<kind>.parquet`` of every table and of the days that have a file."""
    for table in KINDS:
        days = log_days(world)
        for day in days:
            rows = file_rows(world, table, day)
            for path in places(world, table, day):
                target = out / FOLDER / path
                target.parent.mkdir(parents=True, exist_ok=True)
                # As small as can be; without Arrow's own schema, as a file that Arrow did not write.
                pq.write_table(
                    rows,
                    target,
                    compression="zstd",
                    store_schema=False,
                    write_statistics=False,
                    use_dictionary=False,
                )


def log_days(world: World) -> list[dt.date]:
    """The days that have files: Mondays to Fridays, and one weekend in three."""
    return [day for day in world.calendar if day.weekday() < 5 or day.isocalendar().week % 3 == 0]


def places(world: World, table: str, day: dt.date) -> list[str]:
    """The path of a day's file in the logs' folder."""
    folder, kind = KINDS[table]
    age = (day - world.calendar[0]).days
    stamp = f"{day:%Y%m%d}-{'023005' if age < DAYS_IN_FOLDERS else '170202'}"
    if folder is None or age >= DAYS_IN_FOLDERS:
        return [f"{stamp}{'-' if folder else '_'}{kind}.parquet"]
    path = f"{folder}/{stamp}-{kind}.parquet"
    is_newest_there = age == DAYS_IN_FOLDERS - 1
    return [path, Path(path).name] if table == IN_BOTH_PLACES and is_newest_there else [path]


def file_rows(world: World, table: str, day: dt.date) -> pa.Table:
    """The rows of a file in the types that DuckDB writes."""
    chance = world.random("logs", table, day)
    usual = CALLS_A_DAY.get(table, DOWNLOADS_A_DAY)
    count = max(1, round(usual * world.busyness(day) * world.scale))
    rows = [_ROW[table](world, table, day, chance) for _ in range(count)]
    is_early = (day - world.calendar[0]).days < DAYS_WITHOUT_TOKENS
    columns = [
        column for column in contract_for(f"raw.{table}").file_columns if not (is_early and column.optional)
    ]
    return pa.table(
        {column.name: _array([row.get(column.name) for row in rows], column.file_type) for column in columns}
    )


def _array(values: list[Any], kind: FileType) -> pa.Array:
    if kind is FileType.UUID:
        values = [None if value is None else bytes.fromhex(value.replace("-", "")) for value in values]
    return pa.array(values, ARROW[kind])


def _call(world: World, table: str, day: dt.date, chance: Random) -> Row:
    """What every call has: its kind, time and parameters."""
    return {
        "type": chance.choice(TYPES[table]),
        "startTime": _time(day, chance),
        "parameters": json.dumps({"page": 1 + int(chance.random() * 3), "pageSize": 20})
        if chance.random() < 0.4
        else None,
    }


def _publication_call(world: World, table: str, day: dt.date, chance: Random) -> Row:
    publication = _publication(world, chance)
    return {
        **_call(world, table, day, chance),
        "publicationId": publication.identifier,
        "publicationTitle": publication.title,
    }


def _data_set_call(world: World, table: str, day: dt.date, chance: Random) -> Row:
    data_set = _api_data_set(world, chance)
    return {
        **_call(world, table, day, chance),
        **_token(world, data_set, day, chance),
        "dataSetId": data_set.api_identifier,
        "dataSetTitle": data_set.title,
    }


def _version_call(world: World, table: str, day: dt.date, chance: Random) -> Row:
    data_set = _api_data_set(world, chance)
    return {
        **_call(world, table, day, chance),
        **_token(world, data_set, day, chance),
        **_version(world, data_set, chance),
        "requestedDataSetVersion": chance.choice([None, None, "1.*", "2.0"]),
    }


def _query_access(world: World, table: str, day: dt.date, chance: Random) -> Row:
    data_set, began = _api_data_set(world, chance), _time(day, chance)
    version, took = _version(world, data_set, chance), 20 + int(chance.expovariate(1 / 300))
    return {
        **_token(world, data_set, day, chance),
        "queryVersionHash": _hash(version["dataSetVersionId"], int(chance.random() * 9)),
        "dataSetVersionId": version["dataSetVersionId"],
        "startTime": began,
        "endTime": began + dt.timedelta(milliseconds=took),
        "durationMillis": took,
        "requestedDataSetVersion": chance.choice([None, None, "1.*"]),
    }


def _query(world: World, table: str, day: dt.date, chance: Random) -> Row:
    version = _version(world, _api_data_set(world, chance), chance)
    number, found = int(chance.random() * 9), int(chance.expovariate(1 / 4000))
    return {
        **version,
        "queryVersionHash": _hash(version["dataSetVersionId"], number),
        "queryHash": _hash(number),
        "resultsCount": min(found, 1000),
        "totalRowsCount": found,
        "query": json.dumps({"criteria": {"geographicLevels": {"eq": ["NAT", "REG", "LA"][number % 3]}}}),
        "queryExecutions": 1 + int(chance.expovariate(0.5)),
    }


def _file_download(world: World, table: str, day: dt.date, chance: Random) -> Row:
    data_set = chance.choice(world.data_sets)
    is_whole = table == "raw_ees_zip_downloads" and chance.random() < 0.4
    return {
        **_release(world, data_set.publication),
        "zipDownloadHash": _hash(data_set.identifier, is_whole),
        "csvDownloadHash": _hash(data_set.identifier),
        "subjectId": None if is_whole else data_set.identifier,
        "dataSetTitle": None if is_whole else data_set.title,
        "fromPage": chance.choice(["ReleaseUsefulInfo", "ReleaseDownloads", "DataCatalogue"]),
        "downloads": 1 + int(chance.expovariate(0.3)),
    }


def _table_download(world: World, table: str, day: dt.date, chance: Random) -> Row:
    data_set = chance.choice(world.data_sets)
    release = _release(world, data_set.publication)
    return {
        **release,
        "tableToolDownloadHash": _hash(data_set.identifier, int(chance.random() * 9)),
        "releasePeriodAndLabel": release["releaseLabel"],
        "subjectId": data_set.identifier,
        "dataSetName": data_set.title,
        "downloadFormat": chance.choice(["CSV", "CSV", "ODS"]),
        "query": json.dumps({"subjectId": data_set.identifier, "filters": int(chance.random() * 12)}),
        "downloads": 1 + int(chance.expovariate(0.5)),
    }


def _permalink_download(world: World, table: str, day: dt.date, chance: Random) -> Row:
    number = int(chance.random() * 40)
    of_link = world.random("permalink", number)
    return {
        "permalinkId": identifier(of_link),
        "permalinkTitle": f"'{of_link.choice(world.data_sets).title}' for England between 2019/20 and 2024/25",
        "downloadFormat": chance.choice(["CSV", "CSV", "ODS"]),
        "downloads": 1 + int(chance.expovariate(0.5)),
    }


_ROW: dict[str, Callable[[World, str, dt.date, Random], Row]] = {
    "raw_ees_top_level": _call,
    "raw_ees_query_access": _query_access,
    "raw_ees_queries": _query,
    "raw_ees_data_sets": _data_set_call,
    "raw_ees_publications": _publication_call,
    "raw_ees_data_set_versions": _version_call,
    "raw_ees_zip_downloads": _file_download,
    "raw_ees_csv_downloads": _file_download,
    "raw_ees_table_tool_downloads": _table_download,
    "raw_ees_permalink_table_downloads": _permalink_download,
}


def _publication(world: World, chance: Random) -> Publication:
    return chance.choices(world.publications, [each.weight for each in world.publications])[0]


def _api_data_set(world: World, chance: Random) -> DataSet:
    return chance.choice([each for each in world.data_sets if each.api_identifier])


def _version(world: World, data_set: DataSet, chance: Random) -> Row:
    """One of a data set's versions; the newest is requested most."""
    of_set = world.random("versions", data_set.identifier)
    versions = [(number, identifier(of_set)) for number in ("2.0", "1.1", "1.0")[int(of_set.random() * 3) :]]
    number, version = chance.choices(versions, [6, 2, 1][: len(versions)])[0]
    return {
        "dataSetId": data_set.api_identifier,
        "dataSetTitle": data_set.title,
        "dataSetVersion": number,
        "dataSetVersionId": version,
    }


def _token(world: World, data_set: DataSet, day: dt.date, chance: Random) -> Row:
    """A preview token now and then: publishers try a data set before it is out."""
    if chance.random() > 0.05:
        return {}
    made = dt.datetime.combine(day, dt.time(0, 5))
    return {
        "previewTokenLabel": chance.choice(["QA of the new release", "check of the totals"]),
        "previewTokenDataSetVersionId": _version(world, data_set, chance)["dataSetVersionId"],
        "previewTokenCreated": made,
        "previewTokenExpiry": made + dt.timedelta(days=1),
    }


def _release(world: World, publication: Publication) -> Row:
    return {
        "publicationName": publication.title,
        "releaseVersionId": identifier(world.random("release version", publication.slug)),
        "releaseName": publication.latest.slug,
        "releaseLabel": publication.latest.label,
    }


def _time(day: dt.date, chance: Random) -> dt.datetime:
    """A moment of the day before the file was written."""
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(milliseconds=int(chance.random() * 9_000_000))


def _hash(*what: object) -> str:
    return hashlib.sha256("|".join(map(str, what)).encode()).hexdigest()[:32]
