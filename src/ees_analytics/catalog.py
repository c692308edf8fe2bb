"""Kedro's catalogue, with near names for a dataset that it does not have."""

from pathlib import Path
from typing import Any

from kedro.framework.context import CatalogCommandsMixin, KedroContext
from kedro.io import DataCatalog, DatasetError, DatasetNotFoundError
from kedro.validation import ParameterValidationError

from ees_analytics.cli.config_errors import with_places
from ees_analytics.console.text import did_you_mean
from ees_analytics.contracts import UnknownTable, all_contracts


class Catalog(DataCatalog, CatalogCommandsMixin):
    """Kedro's catalogue, of a run and of ``context.catalog`` in notebooks and commands."""

    def get(self, key: str, *arguments: Any, **named: Any) -> Any:
        """The dataset; None where there is none.

        Raises:
            DatasetNotFoundError: It has the name of a table, and there is no contract for that.
        """
        try:
            return super().get(key, *arguments, **named)
        except DatasetError as error:
            if isinstance(error.__cause__, UnknownTable):
                raise DatasetNotFoundError(str(error.__cause__)) from None
            raise

    def __getitem__(self, ds_name: str) -> Any:
        """The dataset.

        Raises:
            DatasetNotFoundError: There is none of this name; has near names.
        """
        try:
            return super().__getitem__(ds_name)
        except DatasetNotFoundError:
            raise self._not_found(ds_name) from None

    def load(self, ds_name: str, version: str | None = None) -> Any:
        """The dataset's data.

        Raises:
            DatasetNotFoundError: There is none of this name; has near names.
            DatasetError: It cannot be loaded.
        """
        try:
            return super().load(ds_name, version)
        except DatasetNotFoundError:
            raise self._not_found(ds_name) from None

    def _not_found(self, name: str) -> DatasetNotFoundError:
        near = did_you_mean(name, {*self.keys(), *all_contracts()})
        return DatasetNotFoundError(
            f"There is no dataset `{name}`. {near or 'docs/data-dictionary.md has all tables.'}"
        )


class Context(KedroContext):
    """Kedro's context with this catalogue."""

    @property
    def params(self) -> dict[str, Any]:
        """The parameters, as the models of their steps.

        Raises:
            ParameterValidationError: Some are wrong: names the file and line of each.
        """
        try:
            return super().params
        except ParameterValidationError as error:
            raise ParameterValidationError(
                with_places(str(error), Path(self.config_loader.conf_source))
            ) from None

    @property
    def catalog(self) -> Any:
        """A new catalogue of this environment."""
        return self._get_catalog(catalog_class=Catalog)
