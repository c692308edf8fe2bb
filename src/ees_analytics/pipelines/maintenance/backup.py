"""Backup and restore of the raw tables: one pipeline each, with the same steps for every table."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import all_contracts
from ees_analytics.pipelines.maintenance.nodes.backup import check_backup, copy_slices, plan_backup
from ees_analytics.pipelines.maintenance.nodes.restore import check_restore, restore_slices

_LIMITS = "params:load_limits"


def create_backup_pipeline() -> Pipeline:
    """Copy what is new in every raw table, the ledger among them, and verify the copies."""
    return sum((_backup(table) for table in _raw_tables()), Pipeline([]))


def create_restore_pipeline() -> Pipeline:
    """Bring back what the raw tables lack, and verify them."""
    return sum((_restore(table) for table in _raw_tables()), Pipeline([]))


def _raw_tables() -> list[str]:
    return [contract.name for contract in all_contracts().values() if contract.layer == "raw"]


def _backup(table: str) -> Pipeline:
    name, state, copy = f"backup.{table}", f"state.{table}", f"copy.{table}"
    planned = [f"{name}.due", f"{name}.rows"]
    return Pipeline(
        [
            node(
                plan_backup,
                [state, f"copied.{table}", "params:backup", _LIMITS],
                planned,
                name="plan",
                namespace=name,
            ),
            node(copy_slices, [planned[0], state, _LIMITS], copy, name="copy", namespace=name),
            node(check_backup, [copy, *planned], f"{name}.outcome", name="check", namespace=name),
        ]
    )


def _restore(table: str) -> Pipeline:
    name, copied, restored = f"restore.{table}", f"copied.{table}", f"restored.{table}"
    given = [copied, f"state.{table}", "params:restore", _LIMITS]
    return Pipeline(
        [
            node(restore_slices, given, restored, name="restore", namespace=name),
            node(check_restore, [restored, copied, _LIMITS], f"{name}.outcome", name="check", namespace=name),
        ]
    )
