r"""Every regular expression that an engine is given means the same in Java (Spark) and Rust (Sail).

Patterns come from conf (a key named ``pattern`` or ``regex``, or ending so) and from the calls of Spark's functions
in the package. Two guards look at each: the engine compiles it, and a lint knows what both engines compile but read
differently, or what only one of them has. (File names of logs are shell patterns, and Python alone reads those.)
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from tests.conftest import PROJECT

PACKAGE = "ees_analytics"
KEYS = ("pattern", "regex", "regexp")
FUNCTIONS = {
    "regexp", "regexp_count", "regexp_extract", "regexp_extract_all", "regexp_instr", "regexp_like",
    "regexp_replace", "regexp_substr", "rlike", "split",
}  # fmt: skip
METHODS = {"rlike"}
NOT_SHARED = {
    r"\(\?<?[=!]": "look-around: Rust has none",
    r"\\[1-9]|\\k<": "back-reference: Rust has none",
    r"[*+?}]\+": "possessive quantifier: Rust reads a repeated repetition",
    r"\(\?>": "atomic group: Rust has none",
    r"\(\?P<": "Java names a group with (?<name>",
    r"\(\?[a-zA-Z-]+[:)]": "flags: Java's (?i) knows ASCII only, Rust's all of Unicode",
    r"\\[dDwWsSbB]": "Java's class knows ASCII only, Rust's all of Unicode: write the characters",
    r"\\[ZGRXhHVeEQNc0]": "Java only",
    r"\\[<>C]|\\b\{|\[\[:": "Rust only",
    r"(?<!\\)\$": "Java's $ also stands before a line break at the end: write \\z",
    r"(?<!\\)\.": "Java's . stops at more line ends: write the characters",
    r"&&|~~": "operations on classes differ",
}


def configured(value: Any) -> Iterator[str]:
    """The regular expressions of a file of conf."""
    if isinstance(value, list):
        for item in value:
            yield from configured(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if str(key).split("_")[-1] in KEYS and isinstance(item, str):
                yield item
            yield from configured(item)


def called(source: str) -> Iterator[ast.expr]:
    """The expressions that a module hands to Spark as regular expressions."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        match call.func:
            case ast.Attribute(value=ast.Name(id="F" | "functions"), attr=name) if name in FUNCTIONS:
                place = 1
            case ast.Name(id=name) if name in FUNCTIONS:
                place = 1
            case ast.Attribute(attr=name) if name in METHODS:
                place = 0
            case _:
                continue
        yield named.get("pattern") or named.get("regexp") or call.args[place]


def value_of(expression: ast.expr, names: dict[str, Any]) -> str:
    """What the expression says; it may use constants of its module, but nothing that a run decides."""
    try:
        found = eval(compile(ast.Expression(expression), "pattern", "eval"), names)
    except NameError as error:
        raise AssertionError(
            f"{ast.unparse(expression)}: make the pattern a literal or a module's constant"
        ) from error
    assert isinstance(found, str), f"{ast.unparse(expression)}: hand over the pattern itself"
    return found


def of_conf() -> Iterator[tuple[str, str]]:
    for file in sorted((PROJECT / "conf").rglob("*.yml")):
        for pattern in configured(yaml.safe_load(file.read_text())):
            yield file.relative_to(PROJECT).as_posix(), pattern


def of_package() -> Iterator[tuple[str, str]]:
    for file in sorted((PROJECT / "src" / PACKAGE).rglob("*.py")):
        expressions = list(called(file.read_text()))
        if expressions:
            names = vars(importlib.import_module(module_of(file)))
            yield from ((module_of(file), value_of(expression, names)) for expression in expressions)


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(PROJECT / "src").with_suffix("").parts)


def not_shared(pattern: str) -> list[str]:
    """What of a pattern the engines do not share."""
    plain = pattern.replace(r"\\", "%")  # an escaped backslash escapes nothing
    outside = re.sub(r"(?<!\\)\[(?:\\.|[^\]\\])+\]", "[]", plain)  # in a class, $ and . are themselves
    return [
        why
        for construct, why in NOT_SHARED.items()
        if re.search(construct, outside if construct.endswith((r"\$", r"\.")) else plain)
    ]


def compile_all(spark: SparkSession, patterns: list[str]) -> None:
    """Evaluate the patterns on the engine; a column, so that nothing is computed while planning."""
    text = spark.range(1).select(F.col("id").cast("string").alias("text"))
    text.select(*[F.regexp_replace("text", pattern, "") for pattern in patterns]).collect()


PATTERNS = [*of_conf(), *of_package()]


def test_patterns_are_found():
    places = {place for place, _ in PATTERNS}
    assert {f"{PACKAGE}.transforms.publication", f"{PACKAGE}.transforms.text"} <= places


def test_the_engine_compiles_every_pattern(spark):
    compile_all(spark, [pattern for _, pattern in PATTERNS])


@pytest.mark.parametrize(("place", "pattern"), PATTERNS)
def test_every_pattern_means_the_same_everywhere(place, pattern):
    assert not_shared(pattern) == []


@pytest.mark.parametrize("broken", ["(", "[a", "a{2,1}"])
def test_the_engine_guard_can_fail(spark, broken):
    with pytest.raises(Exception, match=r"(?i)regex|pattern|repetition"):
        compile_all(spark, ["fine", broken])


@pytest.mark.parametrize(
    "pattern",
    [
        "a(?=b)", "(?<!a)b", r"(a)\1", r"(?<n>a)\k<n>", "a++", "a{2}+", "(?>a)", "(?P<n>a)", "(?i)a", r"\d", r"a\b",
        r"a\Z", r"\h", r"\Q.\E", "[[:alpha:]]", "a$", "a.b", "[a-z&&[b]]",
    ],
)  # fmt: skip
def test_the_lint_can_fail(pattern):
    assert not_shared(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\\1", r"\.\z", "[$.]+", r"\$", "^a|b+?", "[^A-Za-z0-9-]", "(?:a)(?<n>b)", r"\\\\d", "a{2}"]
)
def test_what_both_share_passes(pattern):
    assert not_shared(pattern) == []


def test_patterns_in_conf_would_be_found():
    conf = {"logs": [{"file_pattern": "a", "names": "*"}], "patterns": ["no"], "rule": {"regex": "b"}}
    assert list(configured(conf)) == ["a", "b"]


def test_patterns_in_calls_are_found():
    source = (
        'F.split(c, "a"); c.rlike(f"{X}b"); F.regexp_replace("c", pattern=X, replacement=""); "c".split("d")'
    )
    found = [value_of(expression, {"X": "x"}) for expression in called(source)]
    assert found == ["a", "xb", "x"]
    with pytest.raises(AssertionError, match="constant"):
        value_of(next(called("F.rlike(c, given)")), {})
