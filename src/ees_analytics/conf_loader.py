"""Kedro's loader of ``conf/``, with messages that name the file and line of a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kedro.config import BadConfigException, OmegaConfigLoader
from omegaconf import OmegaConf
from yaml import YAMLError
from yaml.error import MarkedYAMLError

from ees_analytics.console.text import did_you_mean


class ConfLoader(OmegaConfigLoader):
    """Kedro's loader, which also names environments and invalid YAML."""

    def __getitem__(self, key: str) -> Any:
        """The settings of one kind: ``parameters``, ``catalog``, ``globals``.

        Raises:
            BadConfigException: There is no such environment, or a file is not valid YAML.
        """
        self._check_env()
        try:
            return super().__getitem__(key)
        except YAMLError as error:
            raise BadConfigException("\n".join(self._invalid_files(key)) or str(error)) from error

    def _check_env(self) -> None:
        conf, env = Path(self.conf_source), self.env
        if env is None or not conf.is_dir() or (conf / env).is_dir():
            return
        envs = sorted(folder.name for folder in conf.iterdir() if folder.is_dir())
        near = did_you_mean(env, envs)
        raise BadConfigException(f"There is no environment `{env}`: {', '.join(envs)}. {near}".rstrip())

    def _invalid_files(self, key: str) -> Iterator[str]:
        folders = {self.base_env, self.env or self.default_run_env}
        for folder in (Path(self.conf_source) / name for name in sorted(filter(None, folders))):
            for file in sorted(
                file for pattern in self.config_patterns[key] for file in folder.glob(pattern)
            ):
                try:
                    OmegaConf.load(file)
                except MarkedYAMLError as error:
                    yield f"{file.relative_to(folder.parents[1])}, {_describe(error)}"
                except YAMLError as error:
                    yield f"{file.relative_to(folder.parents[1])}: {error}"


def _describe(error: MarkedYAMLError) -> str:
    line = f"line {error.problem_mark.line + 1}" if error.problem_mark else "unknown line"
    if (error.problem or "").startswith("found duplicate key"):
        return f"{line}: {error.problem}. Remove one of the two, or merge them."
    return (
        f"{line}: this is not valid YAML ({error.problem}). A bracket, quote or colon is missing in this line or one "
        "above it, or its indent differs from its neighbours'."
    )
