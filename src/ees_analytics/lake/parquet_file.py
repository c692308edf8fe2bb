"""Parquet files for other programs."""

from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
from kedro_datasets.pandas import ParquetDataset


class AtomicParquetDataset(ParquetDataset):
    """Kedro's dataset for a local file, which is replaced whole: whatever stops a save, a reader sees the old or the new file."""

    def save(self, data: pd.DataFrame) -> None:
        """Write beside the file, then take its place."""
        file = Path(str(self._filepath))
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.partial")
        data.to_parquet(partial, **self._save_args)
        partial.replace(file)
