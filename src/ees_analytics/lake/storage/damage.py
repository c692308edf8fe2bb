"""``DamagedTable``: a table of which a file is missing or cannot be read, and what repairs it."""

from pathlib import Path

from kedro.io.core import DatasetError

from ees_analytics.contracts.contract import TableContract

GUIDE = "docs/how-to/repair-a-damaged-table.md"
_MAX_REASON = 200


class DamagedTable(DatasetError):
    """A file of a table's log or data is missing or cannot be read.

    The message has the table, the remedy, then the reason: a terminal shows its beginning and its end.
    """

    names_its_table = True
    """The message is about another table than the dataset that was loaded, where that reads the ledger, too."""

    def __init__(self, contract: TableContract, location: str, reason: object) -> None:
        """Take the start of the engine's reason: more is a stack trace."""
        self.table = contract.name
        first = next(iter(str(reason).strip().splitlines()), type(reason).__name__)
        what = first.replace(f"{location}/", "")[:_MAX_REASON].rstrip(". ")
        super().__init__(
            f"{contract.name}: this table is damaged. {_remedy(contract, location)} ({location}: {what}) See {GUIDE}."
        )


def refuse_empty_commit(contract: TableContract, folder: Path) -> None:
    """Stop at a commit file without content: engines pass over it, and over the rows that it added or removed.

    Raises:
        DamagedTable: There is one.
    """
    for commit in folder.glob("_delta_log/*.json"):
        if not commit.stat().st_size:
            raise DamagedTable(contract, str(folder), f"{commit.name} is empty")


def _remedy(contract: TableContract, location: str) -> str:
    """What repairs a damaged table of this kind."""
    if not Path(location).is_absolute():  # a name in a catalogue
        return (
            "Do not drop it: an administrator can bring an earlier version back from its history, and the next run adds "
            "the rest."
        )
    if contract.layer == "app":
        return "Move it away, then `kedro run --pipelines reporting` builds it."
    if contract.frozen:
        otherwise = "`kedro run --pipelines import_frozen` fills it"
    elif contract.slice_column or contract.name == "ees_ingest_ledger":
        otherwise = "`kedro run --pipelines ingest` fills it"
    else:
        otherwise = "the next run creates it again"
    return (
        f"Move it away, then `kedro run --pipelines restore --namespaces restore.{contract.name}`; without a backup, "
        f"{otherwise}."
    )


def remedy_for_columns(contract: TableContract, location: str) -> str:
    """What to do where a table has other columns than its contract."""
    file = f"contracts/{contract.layer}/{contract.name}.yml"
    if Path(location).is_absolute() and not contract.frozen:
        if contract.layer == "app":
            return f"{_remedy(contract, location)} Or change {file}."
        if contract.slice_column:
            return f"Move it away, then `kedro run --pipelines ingest` fills it from the landing zone. Or change {file}."
    return f"Change the table, or {file}, so that both agree."
