"""``ReadOnlySource``: the base of the sources' datasets."""

from typing import Generic, NoReturn, TypeVar

from kedro.io.core import AbstractDataset, DatasetError

Data = TypeVar("Data")


class ReadOnlySource(AbstractDataset[NoReturn, Data], Generic[Data]):
    """A dataset that only loads."""

    def save(self, data: NoReturn) -> None:
        """Refuse: a source is read only."""
        raise DatasetError(f"{type(self).__name__} is a source: it is read, never written")
