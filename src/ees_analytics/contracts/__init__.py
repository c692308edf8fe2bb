"""The contracts of all tables, found by their catalogue name (``raw.<table>``, ``app.<table>``)."""

from functools import cache
from pathlib import Path

import yaml
from kedro.config import BadConfigException
from pydantic import TypeAdapter, ValidationError

from ees_analytics.console.text import did_you_mean
from ees_analytics.contracts.contract import ContractError, TableContract

_FOLDER = Path(__file__).parent
_DECLARATION = TypeAdapter(TableContract)


@cache
def all_contracts() -> dict[str, TableContract]:
    """Every contract by its catalogue name, raw tables first."""
    files = [*sorted(_FOLDER.glob("raw/*.yml")), *sorted(_FOLDER.glob("app/*.yml"))]
    return {contract.table: contract for contract in map(read_contract, files)}


class InvalidContract(ContractError, BadConfigException):
    """The file of a contract has a fault."""


def read_contract(file: Path) -> TableContract:
    """The contract that a file declares; folder and file name give the catalogue name.

    Raises:
        InvalidContract: It declares what a contract does not have.
    """
    where, table = f"contracts/{file.parent.name}/{file.name}", f"{file.parent.name}.{file.stem}"
    try:
        declared = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        columns = [{"name": name, **column} for name, column in declared["columns"].items()]
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidContract(f"{where}{line}: this is not valid YAML ({error.problem}).") from None
    except (AttributeError, KeyError, TypeError):
        raise InvalidContract(
            f"{where}: it needs `columns`, with the settings of each as {{type: …}}."
        ) from None
    try:
        return _DECLARATION.validate_python({**declared, "table": table, "columns": columns})
    except ValidationError as error:
        faults = "; ".join(
            f"{_place(fault['loc'], columns)}: {fault['msg']}"
            + (f" (given: {fault['input']!r})" if isinstance(fault["input"], str) else "")
            for fault in error.errors()
        )
        raise InvalidContract(f"{where}: {faults}.") from None


def _place(location: tuple[int | str, ...], columns: list[dict[str, object]]) -> str:
    """The keys that lead to a fault; a column has its name, not its number."""
    return ".".join(str(columns[key]["name"] if isinstance(key, int) else key) for key in location)


class UnknownTable(LookupError):
    """There is no contract for a table of that name."""


def contract_for(table: str) -> TableContract:
    """The contract of ``raw.<table>`` or ``app.<table>``.

    Raises:
        UnknownTable: There is none. The message suggests a near name, or where to declare the table.
    """
    try:
        return all_contracts()[table]
    except KeyError:
        raise UnknownTable(f"There is no table `{table}`. {_advice(table)}") from None


def _advice(table: str) -> str:
    known = all_contracts()
    if layers := [name for name in known if name.partition(".")[2] == table]:
        return f"Did you mean {' or '.join(layers)}?"
    near = did_you_mean(table, known, cutoff=0.75)
    layer, _, name = table.partition(".")
    if name and layer in ("raw", "app"):
        return f"{near} A new one is declared in src/ees_analytics/contracts/{layer}/{name}.yml.".strip()
    return near or "Tables have names as raw.ees_ga4_page or app.ees_service_summary."


def contract_named(name: str) -> TableContract:
    """The contract of a table of either layer, by the table's bare name.

    Raises:
        UnknownTable: There is none.
    """
    tables = {contract.name: table for table, contract in all_contracts().items()}
    return contract_for(tables.get(name, name))


def raw_tables() -> list[str]:
    """The raw tables, the project's own among them."""
    return [contract.name for contract in all_contracts().values() if contract.layer == "raw"]


def dashboard_tables() -> list[str]:
    """The app tables that the dashboard reads, without ``ees__last_updated``, its cache key."""
    app = [contract for contract in all_contracts().values() if contract.layer == "app"]
    return sorted(c.name for c in app if not c.operational and c.name != "ees__last_updated")


def operational_tables() -> list[str]:
    """The app tables that the project reads, and the dashboard does not."""
    return sorted(contract.name for contract in all_contracts().values() if contract.operational)
