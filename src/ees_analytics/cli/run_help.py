"""The end of ``kedro run --help``: the project's pipelines, and its parameters as conf declares them."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
from kedro.framework.project import pipelines, settings
from kedro.utils import find_kedro_project

from ees_analytics.cli.conf_files import yml_files

_LINE = re.compile(r"^\s*(?P<key>\w+):(?P<value>[^#]*)(?:#\s*(?P<comment>.*))?$")
_RUNTIME = re.compile(r"\$\{runtime_params:\s*(\w+)\s*,\s*([^{}]*|\$\{\w+:\w*\})\}")


class RunCommand(click.Command):
    """``kedro run``, whose help ends with the project's pipelines and parameters."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write them."""
        project = find_kedro_project(Path.cwd()) or Path.cwd()
        parameters = described_parameters(project / settings.CONF_SOURCE)
        with formatter.section("Pipelines (--pipelines)"):
            formatter.write_text(", ".join(sorted(pipelines)))
        with formatter.section("Parameters (--params key=value,key=value)"):
            if parameters:
                formatter.write_dl(sorted(parameters.items()))
            else:
                formatter.write_text("In the project's folder, the help lists them.")


def described_parameters(conf: Path) -> dict[str, str]:
    """Each runtime parameter that conf reads: the first sentence of a comment at its key or global, and its default in ``base``."""
    files = [(file, [*_commented_keys(text)]) for file, text in sorted(yml_files(conf))]
    defaults = {
        f"${{globals:{key}}}": (comment, value)
        for file, keys in files
        if file.name.startswith("globals") and file.parent.name == "base"
        for key, value, comment in keys
    }
    found: dict[str, str] = {}
    for key, value, comment in [key for _, keys in files for key in keys]:
        for name, default in _RUNTIME.findall(value):
            text, shown = defaults.get(default, (comment if key in name else "", default))
            suffix = f" [{shown}]" * (shown != "null" and "$" not in shown)
            found[name] = max(found.get(name, ""), f"{text}{suffix}".strip(), key=len)
    return found


def _commented_keys(text: str) -> Iterator[tuple[str, str, str]]:
    """Each key with its value as written, and the first sentence of the comment above it or behind it."""
    above: list[str] = []
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            above.append(line.strip("# "))
            continue
        if match := _LINE.match(line):
            comment = " ".join(above) or match["comment"] or ""
            yield match["key"], match["value"].strip().strip('"'), re.split(r"\.\s|[.:]$", comment)[0]
        above = []
