"""Rows of a large table, which stay on the engine: checked there by one query, with the same digest as rows in Python."""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import pyarrow as pa
from pyspark.cloudpickle import register_pickle_by_value
from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema

import ees_analytics
from ees_analytics.contracts.casting import conform
from ees_analytics.contracts.checks import (
    SHOWN,
    failure,
    key_fault,
    null_fault,
    number_fault,
    row_count_failures,
    unlisted_failures,
)
from ees_analytics.contracts.contract import DOUBLE, ColumnType, ContractError, TableContract
from ees_analytics.contracts.digest import FAST, digest_of_sums, head, sums

# A cluster's Python may lack this package: what it runs is sent to it.
register_pickle_by_value(ees_analytics)


@dataclass(frozen=True)
class LargeRows:
    """The checked rows of a large table, in the contract's columns and types.

    Attributes:
        frame: The rows, computed once: queries of them read what the engine kept.
        contract: The table's contract.
        num_rows: The number of rows.
        newest: The newest ``date`` among them, where there is such a column.
        unfilled: The later columns (``since``) that are null in all rows.
        release: Lets the engine forget the rows.
    """

    frame: DataFrame
    contract: TableContract
    num_rows: int
    newest: dt.date | None
    unfilled: Sequence[str]
    release: Callable[[], object]

    @property
    def schema(self) -> pa.Schema:
        """The columns as an Arrow schema."""
        return to_arrow_schema(self.frame.schema)

    @property
    def column_names(self) -> list[str]:
        """The names of the columns."""
        return self.frame.columns

    def drop_columns(self, names: Sequence[str]) -> Self:
        """The rows without these columns."""
        return replace(self, frame=self.frame.drop(*names))

    def cast(self, name: str, kind: ColumnType) -> Self:
        """The rows with a column of another type, which holds all of its values."""
        return replace(self, frame=self.frame.withColumn(name, F.col(name).cast(kind.lower())))

    def in_order(self) -> DataFrame:
        """The rows in the contract's order; as they are where it has none."""
        names = [(name.removeprefix("-"), name.startswith("-")) for name in self.contract.order]
        keys = [F.desc_nulls_last(name) if down else F.asc_nulls_last(name) for name, down in names]
        return self.frame.orderBy(*keys) if keys else self.frame

    def rows_by_day(self, day: str | None) -> dict[str, int]:
        """Rows of each day; all of them under the empty day where the table has none."""
        if day is None:
            return {"": self.num_rows}
        return rows_by_value(self.frame, day)

    def digest(self) -> str:
        """The fast digest that ``contracts.digest`` gives the same rows, without later columns that have no values."""
        return digest_on_engine(self.frame.drop(*self.unfilled), self.num_rows)


def rows_by_value(frame: DataFrame, column: str) -> dict[str, int]:
    """Rows of each value of a column, the values as text."""
    return {row[0]: row[1] for row in frame.groupBy(F.col(column).cast("string")).count().collect()}


def digest_on_engine(frame: DataFrame, num_rows: int) -> str:
    """The fast sum of a DataFrame's rows, added up by its executors; see ``contracts.digest.digest``."""
    found = frame.mapInArrow(_sums_of_batches, "a bigint, b bigint")
    parts = [sum(values) for values in zip(*found.collect(), strict=True)] or [0, 0]
    types = {field.name: field.type for field in to_arrow_schema(frame.schema)}
    return f"{FAST}{digest_of_sums(head(num_rows, types), parts)}"


def _sums_of_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Runs on an executor: one row with the sums of the hashes of all rows of a partition."""
    total = [0, 0]
    for batch in batches:
        found = sums(pa.Table.from_batches([batch]))
        total = [(one + other) % 2**64 for one, other in zip(total, found, strict=True)]
    signed = [part - 2**64 if part >= 2**63 else part for part in total]
    yield pa.RecordBatch.from_arrays([pa.array([part], pa.int64()) for part in signed], ["a", "b"])


def check_large(rows: DataFrame, contract: TableContract, release: Callable[[], object]) -> LargeRows:
    """The rows, if they pass every check of the contract; the checks are one query.

    Args:
        rows: Rows that the engine keeps: they are read several times.
        contract: The table's contract.
        release: Lets the engine forget the rows.

    Raises:
        ContractError: With the message of ``contracts.validator.check``.
    """
    conform(to_arrow_schema(rows.schema).empty_table(), contract)  # refuses other columns, and other kinds
    absent = [column.name for column in contract.later_columns if column.name not in rows.columns]
    given = rows.select("*", *[F.lit(None).alias(name) for name in absent])
    values = [F.col(c.name).try_cast(c.type.lower()).alias(c.name) for c in contract.columns]
    lossy = _loses_a_value(given, contract)
    found = given.select(*values, lossy.alias(_LOSSY)).agg(*_aggregates(contract)).collect()[0].asDict()
    if found[_LOSSY]:
        conform(given.where(lossy).limit(SHOWN).toArrow(), contract)  # Arrow's message has a value
    typed = given.select(*values)
    if failures := [*_failures(typed, contract, found)]:
        raise ContractError(f"{contract.name}: {'; '.join(failures)}. Nothing was written.")
    unfilled = [column.name for column in contract.later_columns if not found[f"{column.name} is set"]]
    return LargeRows(typed, contract, found["rows"], found["newest"], unfilled, release)


_LOSSY = "loses a value"


def _loses_a_value(rows: DataFrame, contract: TableContract) -> Expression:
    """True in rows of which a value changes when it is cast to the contract's type."""
    types, lossy = dict(rows.dtypes), F.lit(False)
    for column in contract.columns:
        kind, target = types[column.name], column.type.lower()
        if kind not in (target, "void"):
            value, cast = F.col(column.name), F.col(column.name).try_cast(target)
            lossy = lossy | (value.isNotNull() & ~cast.try_cast(kind).eqNullSafe(value))
    return lossy


def _faults(contract: TableContract) -> dict[str, Expression]:
    """What can be wrong with a value, as ``contracts.checks`` words it, to whether it is."""
    faults = {}
    for column in contract.columns:
        value = F.col(column.name)
        if not column.nullable:
            faults[null_fault(column)] = value.isNull()
        if column.minimum is not None or column.type is DOUBLE:
            least = value > -math.inf if column.minimum is None else value >= column.minimum
            is_in_range = least & (value < math.inf)  # NaN is the largest number to Spark
            faults[number_fault(column.name, column.minimum)] = ~is_in_range
    return faults


def _aggregates(contract: TableContract) -> Iterator[Expression]:
    """All that the checks and the write need to know of the rows, in one query."""
    yield F.count("*").alias("rows")
    yield F.count_if(F.col(_LOSSY)).alias(_LOSSY)
    yield (F.max("date") if "date" in contract.column_names else F.lit(None)).alias("newest")
    yield (F.count_distinct(F.struct(*contract.key)) if contract.key else F.count("*")).alias("keys")
    for fault, is_wrong in _faults(contract).items():
        yield F.count_if(is_wrong).alias(fault)
    for column in contract.columns:
        value = F.col(column.name)
        if column.one_of:
            unlisted = F.when(~value.isin(*column.one_of), value)
            yield F.collect_set(unlisted).alias(f"{column.name} unlisted")
        if column.since:
            yield F.count(value).alias(f"{column.name} is set")


def _failures(rows: DataFrame, contract: TableContract, found: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each failed check, with rows from the engine."""
    for fault, is_wrong in _faults(contract).items():
        if found[fault]:
            yield failure(found[fault], fault, rows.where(is_wrong).limit(SHOWN).toArrow())
    for column in contract.columns:
        yield from unlisted_failures(column, found.get(f"{column.name} unlisted", ()))
    if found["keys"] < found["rows"]:
        counted = rows.groupBy(*contract.key).agg(F.count("*").alias("count_all")).where("count_all > 1")
        yield failure(counted.count(), key_fault(contract.key), counted.limit(SHOWN).toArrow())
    yield from row_count_failures(found["rows"], contract)
