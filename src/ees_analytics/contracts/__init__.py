"""The contracts of all tables, found by their catalogue name (``raw.<table>``, ``app.<table>``)."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from ees_analytics.console.text import did_you_mean
from ees_analytics.contracts import app, raw
from ees_analytics.contracts.contract import TableContract


@cache
def all_contracts() -> dict[str, TableContract]:
    """Every contract by its catalogue name: one module per table under ``contracts/raw`` and ``contracts/app``."""
    contracts = (
        importlib.import_module(module.name).CONTRACT
        for package in (raw, app)
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    )
    return {f"{contract.layer}.{contract.name}": contract for contract in contracts}


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
    layers = [name for name in known if name.partition(".")[2] == table]
    if layers:
        return f"Did you mean {' or '.join(layers)}?"
    if near := did_you_mean(table, known, cutoff=0.75):
        return near
    layer, _, name = table.partition(".")
    if name and layer in ("raw", "app"):
        return f"A new one is declared in src/ees_analytics/contracts/{layer}/{name}.py."
    return "Tables have names as raw.ees_ga4_page or app.ees_service_summary."


def contract_named(name: str) -> TableContract:
    """The contract of a table of either layer, by the table's bare name.

    Raises:
        KeyError: There is none.
    """
    for contract in all_contracts().values():
        if contract.name == name:
            return contract
    raise KeyError(f"no contract for a table named {name!r}")


def dashboard_tables() -> list[str]:
    """The app tables that the dashboard reads, without ``ees__last_updated``, its cache key."""
    app = [contract for contract in all_contracts().values() if contract.layer == "app"]
    return sorted(c.name for c in app if not c.operational and c.name != "ees__last_updated")
