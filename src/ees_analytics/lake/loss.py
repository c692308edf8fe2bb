"""The guard of app tables against versions that lost days or rows."""

import pyarrow as pa

from ees_analytics.contracts.contract import ContractError, TableContract
from ees_analytics.contracts.large import LargeRows
from ees_analytics.lake.rows import newest_day
from ees_analytics.lake.storage import TableStorage


def refuse_loss(
    storage: TableStorage, rows: pa.Table | LargeRows, contract: TableContract, max_loss: float
) -> None:
    """Refuse rows that lack the table's newest day, or more than a share of its rows.

    Args:
        storage: The table, which exists.
        rows: The rows that are to replace all of it.
        contract: The table's contract.
        max_loss: The share of its rows that a table may lose.

    Raises:
        ContractError: Names what both versions have.
    """
    by_day = storage.slice_counts(day) if (day := contract.day_column) else {"": storage.count()}
    before, after = sum(by_day.values()), rows.num_rows
    newest = max(filter(None, by_day), default="")[: len("2026-06-28")]  # in older tables a moment
    held = str(newest_day(rows) or "")
    if after >= before * (1 - max_loss) and held >= newest:
        return
    days = f" and ends on {held or 'no day'} instead of {newest}" if held < newest else ""
    raise ContractError(
        f"{contract.name}: the new version has {after:,} rows instead of {before:,}{days}. The table stays as it is. Find "
        "out which raw table lost rows. If the new version is right, run again with "
        f"`--params accept_loss={contract.name}` (join several tables with +)."
    )
