"""Backup and restore of the raw tables: one pipeline each, with the same steps for every table."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

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
    steps = [
        node(plan_backup, ["state", "copied", "params:backup", _LIMITS], "plan", name="plan"),
        node(copy_slices, ["plan", "state", _LIMITS], "copy", name="copy"),
        node(check_backup, ["copy", "plan"], "outcome", name="check"),
    ]
    return pipeline(
        steps,
        namespace=f"backup.{table}",
        inputs={"state": f"state.{table}", "copied": f"copied.{table}"},
        outputs={"copy": f"copy.{table}"},
        parameters={"backup", "load_limits"},
    )


def _restore(table: str) -> Pipeline:
    steps = [
        node(
            restore_slices,
            ["copied", "state", "params:restore", _LIMITS],
            "restored",
            name="restore",
        ),
        node(check_restore, ["restored", "copied", _LIMITS], "outcome", name="check"),
    ]
    return pipeline(
        steps,
        namespace=f"restore.{table}",
        inputs={"state": f"state.{table}", "copied": f"copied.{table}"},
        outputs={"restored": f"restored.{table}"},
        parameters={"restore", "load_limits"},
    )
