"""Operational tables: what the dashboard's tables do not count, and breaks in their series."""

from fnmatch import filter as matching

import pyarrow as pa
from kedro.pipeline import Pipeline

from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.parameters.annotations import Annotations
from ees_analytics.pipelines.reporting.tables import table_node


def create_pipeline() -> Pipeline:
    """One node per table, for which no other step waits."""
    return Pipeline([table_node(ees_annotations)], tags=["operational"])


def ees_annotations(annotations: Annotations) -> pa.Table:
    """One row is a known break in the series.

    Raises:
        ValueError: A break names a table that does not exist.
    """
    known = [contract.name for contract in all_contracts().values() if contract.layer == "app"]
    for found in annotations.root:
        if unknown := [name for name in found.tables if not matching(known, name)]:
            raise ValueError(
                f"ees_annotations: the break of {found.first_date} names {', '.join(unknown)}, and no app table has "
                "such a name. Correct conf/base/parameters_annotations.yml."
            )
    rows = [found.model_dump() | {"tables": ", ".join(found.tables)} for found in annotations.root]
    return pa.Table.from_pylist(rows, contract_for("app.ees_annotations").empty().schema)
