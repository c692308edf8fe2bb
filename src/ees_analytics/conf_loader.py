"""Kedro's loader of ``conf/``: it switches corrections, and names the file and line of a mistake."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from kedro.config import BadConfigException, OmegaConfigLoader
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError
from yaml.error import MarkedYAMLError

from ees_analytics.console.text import did_you_mean
from ees_analytics.parameters.corrections import corrected


class ConfLoader(OmegaConfigLoader):
    """Kedro's loader, which also names environments and invalid YAML, and switches corrections."""

    def __getitem__(self, key: str) -> Any:
        """The settings of one kind: ``parameters`` (under the corrections that are on), ``catalog``, ``globals``.

        Files are read once: a command asks several times.

        Raises:
            BadConfigException: There is no such environment or correction, or a file is not valid YAML or has no settings.
        """
        if key in self:
            return deepcopy(super().__getitem__(key))
        conf, env = Path(self.conf_source), self.env
        if env and conf.is_dir() and not (conf / env).is_dir():
            envs = sorted(folder.name for folder in conf.iterdir() if folder.is_dir())
            near = did_you_mean(env, envs)
            raise BadConfigException(
                f"There is no environment `{env}`. There are: {', '.join(envs)}. {near}".rstrip()
            )
        try:
            loaded = super().__getitem__(key)
            if key == "parameters":
                loaded = corrected(loaded, str(loaded.pop("corrections", "all")))
        except (YAMLError, OSError, AttributeError, AssertionError, OmegaConfBaseException) as error:
            raise BadConfigException("\n".join(self._invalid_files(key)) or str(error)) from error
        except ValueError as error:
            raise BadConfigException(str(error)) from error
        self[key] = deepcopy(loaded)
        return loaded

    def _invalid_files(self, key: str) -> Iterator[str]:
        for env in sorted({self.base_env, self.env or self.default_run_env}):
            folder = Path(self.conf_source, env)
            for file in sorted(
                path for pattern in self.config_patterns[key] for path in folder.glob(pattern)
            ):
                name = file.relative_to(folder.parents[1])
                try:
                    settings = OmegaConf.load(file)
                except YAMLError as error:
                    yield f"{name}{_describe(error)}"
                except (OSError, OmegaConfBaseException) as error:
                    yield f"{name}: {error}"
                except AssertionError:  # OmegaConf's, of a number or truth value in quotes
                    yield f"{name}: one value, where settings are expected (`name: value`)."
                else:
                    if not OmegaConf.is_dict(settings):
                        yield f"{name}: a list, where settings are expected (`name: value`)."


def _describe(error: YAMLError) -> str:
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return f": {error}"
    line = f", line {error.problem_mark.line + 1}"
    if (error.problem or "").startswith("found duplicate key"):
        return f"{line}: {error.problem}. Remove one of the two, or merge them."
    return (
        f"{line}: this is not valid YAML ({error.problem}). A bracket, quote or colon is missing in this line or one "
        "above it, or its indent differs from its neighbours'."
    )
