"""How conf is read: as Kedro does, and a file that is no YAML is told by its name and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kedro.config import BadConfigException, OmegaConfigLoader
from omegaconf import OmegaConf
from yaml import YAMLError
from yaml.error import MarkedYAMLError


class ConfLoader(OmegaConfigLoader):
    """Kedro's loader, with words for a file that cannot be read."""

    def __getitem__(self, key: str) -> Any:
        """The settings of one kind: ``parameters``, ``catalog``, ``globals``.

        Raises:
            BadConfigException: A file is no YAML; says which, where and what was expected.
        """
        try:
            return super().__getitem__(key)
        except YAMLError as error:
            raise BadConfigException("\n".join(self._broken(key)) or str(error)) from error

    def _broken(self, key: str) -> Iterator[str]:
        folders = {self.base_env, self.env or self.default_run_env}
        for folder in (Path(self.conf_source) / name for name in sorted(filter(None, folders))):
            for file in sorted(
                file for pattern in self.config_patterns[key] for file in folder.glob(pattern)
            ):
                try:
                    OmegaConf.load(file)
                except MarkedYAMLError as error:
                    yield f"{file.relative_to(folder.parents[1])}, {_told(error)}"
                except YAMLError as error:
                    yield f"{file.relative_to(folder.parents[1])}: {error}"


def _told(error: MarkedYAMLError) -> str:
    line = f"line {error.problem_mark.line + 1}" if error.problem_mark else "somewhere"
    if (error.problem or "").startswith("found duplicate key"):
        return f"{line}: {error.problem}. A name stands once; remove one of the two, or join them."
    return (
        f"{line}: this is no YAML ({error.problem}). In this line or one above it a bracket, a quote or a colon is "
        "missing, or the indent is not that of its neighbours."
    )
