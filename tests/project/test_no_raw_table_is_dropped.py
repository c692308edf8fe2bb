"""No code path drops, empties or replaces a raw table: what it holds can never be fetched again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ees_analytics.contracts import all_contracts
from tests.conftest import PROJECT
from tests.project.catalogue import ENVIRONMENTS, entry_of

SQL = re.compile(
    r"\b(DROP\s+(TABLE|SCHEMA|DATABASE|VIEW)|TRUNCATE|DELETE\s+FROM|CREATE\s+OR\s+REPLACE(?!\s+TABLE\s+AS\s+SELECT)|INSERT\s+OVERWRITE|RESTORE\s+TABLE)\b",
    re.IGNORECASE,
)
CALLS = {
    "createOrReplace", "delete", "dropTempView", "drop_table", "insertInto", "restore", "rmtree", "saveAsTable",
    "truncate",
}  # fmt: skip
"""Methods that take rows or tables away, or replace more than asked."""

SNAPSHOTS = {"raw.ees_pub_pages", "raw.ees_pub_scrape", "raw.ees_scrape_api_data_catalog"}
"""The website as it is: fetched whole, checked, and replaced in one commit that can be undone."""


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the nodes that are documentation."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(item.value) for node in ast.walk(tree) if isinstance(node, owners) for item in node.body
        if isinstance(item, ast.Expr)
    }  # fmt: skip


def offences(source: str, name: str) -> Iterator[str]:
    """The places of a module that could drop or empty a table."""
    tree = ast.parse(source)
    documentation = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            if SQL.search(node.value):
                yield f"{name}:{node.lineno}: {node.value!r}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            yield f"{name}:{node.lineno}: .{node.func.attr}()"


def offences_in(package: Path) -> list[str]:
    return [
        found
        for module in sorted(package.rglob("*.py"))
        for found in offences(module.read_text(encoding="utf-8"), module.relative_to(package).as_posix())
    ]


def test_nothing_drops_or_empties_a_table():
    assert offences_in(PROJECT / "src" / "ees_analytics") == []


@pytest.mark.parametrize(
    "line",
    [
        'spark.sql(f"DROP TABLE {name}")',
        'spark.sql("truncate table t")',
        'spark.sql("DELETE FROM raw.t WHERE true")',
        'spark.sql("create or  replace table t as select 1")',
        "frame.writeTo(name).createOrReplace()",
        "frame.write.mode('overwrite').saveAsTable(name)",
        "frame.write.insertInto(name, overwrite=True)",
        "DeltaTable(path).delete()",
        "shutil.rmtree(path)",
    ],
)
def test_that_guard_can_fail(tmp_path, line):
    (tmp_path / "module.py").write_text(f'"""DROP TABLE is only spoken of."""\n{line}\n')
    (found,) = offences_in(tmp_path)
    assert found.startswith("module.py:2: ")


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_raw_tables_are_written_slice_by_slice(env):
    modes = {name: entry_of(env, name)["mode"] for name in all_contracts() if name.startswith("raw.")}
    assert {name for name, mode in modes.items() if mode == "replace-table"} <= SNAPSHOTS
    assert set(modes.values()) <= {"append", "replace-slice", "replace-table"}
