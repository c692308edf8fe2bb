"""The data dictionary: every table of the lake on one Markdown page, from the contracts."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from kedro.config import OmegaConfigLoader
from kedro.framework.project import settings

from ees_analytics.cli.package import ENVIRONMENTS
from ees_analytics.contracts import all_contracts

PAGE = Path("docs/data-dictionary.md")


def write_page(project: Path) -> Path:
    """Write the page into the project's docs; returns its path."""
    page = project / PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(project / "conf"), encoding="utf-8")
    return page


def render(conf: Path) -> str:
    """The page, as Markdown, with each table's location in every environment of this folder."""
    templates = Environment(  # noqa: S701 (not HTML)
        loader=PackageLoader("ees_analytics.cli", "."),
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    templates.filters["cell"] = lambda text: text.replace("|", "\\|").replace("\n", " ")
    templates.filters["code"] = _code
    return templates.get_template("data_dictionary.md.j2").render(
        contracts=sorted(all_contracts().items()),
        locations={env: _locations(conf, env) for env in ENVIRONMENTS},
    )


def _locations(conf: Path, env: str) -> dict[str, str]:
    loader = OmegaConfigLoader(conf_source=str(conf), env=env, **settings.CONFIG_LOADER_ARGS)
    catalog, lake_root, schemas = (
        loader["globals"][key] for key in ("catalog", "lake_root", "table_schemas")
    )
    root, separator = (catalog, ".") if catalog else (lake_root, "/")
    return {
        name: separator.join((root, schemas.get(name.partition(".")[2], contract.schema), contract.name))
        for name, contract in all_contracts().items()
    }


def _code(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`"
