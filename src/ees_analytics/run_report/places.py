"""Where a run wrote."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kedro.io import DataCatalog

from ees_analytics.lake.dataset import LakeDataset

_KINDS = {
    "raw": "tables",
    "app": "tables",
    "restored": "tables",
    "frozen": "tables",
    "landing": "landing zone",
    "copy": "backup",
    "export": "exports",
    "plot": "plots",
}
"""First part of a dataset's name to what it is."""


def kind_of(name: str) -> str | None:
    """What a dataset of this name is, of those that a run writes; None for any other."""
    return _KINDS.get(name.partition(".")[0])


def places(written: Mapping[str, str], catalog: DataCatalog) -> dict[str, str]:
    """Kind of dataset to the folder or catalogue in which the run wrote; ``written`` has the name of one of each kind."""
    return {kind: place for kind, name in written.items() if (place := _place(catalog[name]))}


def _place(dataset: Any) -> str | None:
    if isinstance(dataset, LakeDataset):
        location = dataset.storage.location
        return str(Path(location).parents[1]) if Path(location).is_absolute() else location.partition(".")[0]
    described = dataset._describe()
    path = described.get("path") or described.get("filepath")
    return str(Path(str(path)).parent) if path else None
