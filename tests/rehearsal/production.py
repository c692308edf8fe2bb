"""Tables as production made them, beside the project: ``python -m tests.rehearsal.production create|describe <lake>``.

JVM Spark, ``spark_catalog``: managed and external tables with comments, a CHECK constraint and properties of their
own, and the frozen tables. ``describe`` prints what must be kept as it is, and the rows by day.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ees_analytics.contracts import all_contracts, contract_named
from ees_analytics.lake.engine import spark_session

MANAGED, EXTERNAL = "ees_ga4_page", "ees_ga4_hourly"
RAW = "spark_catalog.analytics_raw"


def create(lake: str) -> None:
    spark = spark_session("spark")
    for schema in ("analytics_raw", "analytics_app"):
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS spark_catalog.{schema}")
    properties = (
        "TBLPROPERTIES ('delta.logRetentionDuration' = 'interval 1234 days', 'owner.team' = 'explore')"
    )
    spark.sql(
        f"CREATE TABLE {RAW}.{MANAGED} ({ddl(MANAGED)}) USING delta COMMENT 'made by hand' {properties}"
    )
    spark.sql(f"ALTER TABLE {RAW}.{MANAGED} ADD CONSTRAINT recent CHECK (date > '2020-01-01')")
    location = Path(lake).absolute() / "elsewhere" / EXTERNAL
    spark.sql(
        f"CREATE TABLE {RAW}.{EXTERNAL} ({ddl(EXTERNAL)}) USING delta LOCATION '{location}' {properties}"
    )
    for contract in all_contracts().values():
        if contract.frozen:
            spark.sql(f"CREATE TABLE {RAW}.{contract.name} ({ddl(contract.name)}) USING delta")


def ddl(table: str) -> str:
    return ", ".join(
        f"{column.name} {column.type} COMMENT 'as production says: {column.name}'"
        for column in contract_named(table).columns
    )


def describe(lake: str) -> dict[str, Any]:
    spark = spark_session("spark")
    found: dict[str, Any] = {}
    for table in (MANAGED, EXTERNAL):
        detail = spark.sql(f"DESCRIBE DETAIL {RAW}.{table}").collect()[0]
        found[table] = {
            "columns": [
                (column.name, column.dataType.simpleString(), column.metadata.get("comment"))
                for column in spark.table(f"{RAW}.{table}").schema
            ],
            "properties": detail["properties"],
            "description": detail["description"],
            "location": detail["location"],
            "id": detail["id"],
        }
    counted = {
        name: spark.table(f"{RAW}.{name}").groupBy("date").count().collect()
        for name in (MANAGED, EXTERNAL, "ees_search_console")
        if spark.catalog.tableExists(f"{RAW}.{name}")
    }
    rows = {name: {str(row["date"]): row["count"] for row in some} for name, some in counted.items()}
    return {"kept": found, "rows": rows, "versions": _versions(lake)}


def _versions(lake: str) -> dict[str, int]:
    """The newest version of every table in the lake's folders, as its log's file names tell it."""
    return {
        log.parent.name: max(int(commit.stem) for commit in log.glob("*.json") if commit.stem.isdigit())
        for log in Path(lake).rglob("_delta_log")
    }


if __name__ == "__main__":
    what, where = sys.argv[1:]
    if what == "create":
        create(where)
    print(json.dumps(describe(where)))
