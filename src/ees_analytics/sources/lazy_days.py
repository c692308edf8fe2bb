"""A live source as a mapping of days, the interface of a ``PartitionedDataset`` of recorded ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

Answer = TypeVar("Answer")


class LazyDays(Mapping[str, Callable[[], Answer]]):
    """Every ISO day leads to a callable that asks for it. Has no end, so that it lists no day."""

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        """Remember how to ask for a day."""
        self._ask = ask

    def __getitem__(self, day: str) -> Callable[[], Answer]:
        if day not in self:
            raise KeyError(day)
        return partial(self._ask, day)

    def __contains__(self, day: object) -> bool:
        try:
            return dt.date.fromisoformat(str(day)).isoformat() == day
        except ValueError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True
