"""What all sources share: datasets that only load, and hosts that need no TLS."""

import ipaddress
from typing import Generic, NoReturn, TypeVar

from kedro.io.core import AbstractDataset, DatasetError

Data = TypeVar("Data")


class ReadOnlySource(AbstractDataset[NoReturn, Data], Generic[Data]):
    """A dataset that only loads."""

    def save(self, data: NoReturn) -> None:
        """Refuse: a source is read only."""
        raise DatasetError(f"{type(self).__name__} is a source: it is read, never written")


def is_loopback(host: str) -> bool:
    """True for an address of this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
