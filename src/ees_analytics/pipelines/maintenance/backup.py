"""Backup and restore of the raw tables: one pipeline each, instantiated per table."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from ees_analytics.contracts import all_contracts
from ees_analytics.pipelines.maintenance.nodes.backup import check_backup, copy_units, plan_backup
from ees_analytics.pipelines.maintenance.nodes.restore import check_restore, restore_units


def create_backup_pipeline() -> Pipeline:
    """Copy what is new in every raw table, the ledger among them, and prove it."""
    return sum((_backup(table) for table in _raw_tables()), Pipeline([]))


def create_restore_pipeline() -> Pipeline:
    """Bring back what the raw tables lack, and prove it."""
    return sum((_restore(table) for table in _raw_tables()), Pipeline([]))


def _raw_tables() -> list[str]:
    return [contract.name for contract in all_contracts().values() if contract.layer == "raw"]


def _backup(table: str) -> Pipeline:
    limits = "params:load_limits"
    steps = [
        node(plan_backup, ["units", "copied", "params:backup", limits], "plan", name="plan"),
        node(copy_units, ["plan", "units", limits], "copy", name="copy"),
        node(check_backup, ["copy", "plan"], "outcome", name="check"),
    ]
    return pipeline(
        steps,
        namespace=f"backup.{table}",
        inputs={"units": f"units.{table}", "copied": f"copied.{table}"},
        outputs={"copy": f"copy.{table}"},
        parameters={"backup", "load_limits"},
    )


def _restore(table: str) -> Pipeline:
    limits = "params:load_limits"
    steps = [
        node(restore_units, ["copied", "units", "params:restore", limits], "restored", name="restore"),
        node(check_restore, ["restored", "copied", limits], "outcome", name="check"),
    ]
    return pipeline(
        steps,
        namespace=f"restore.{table}",
        inputs={"units": f"units.{table}", "copied": f"backed_up.{table}"},
        outputs={"restored": f"restored.{table}"},
        parameters={"restore", "load_limits"},
    )
