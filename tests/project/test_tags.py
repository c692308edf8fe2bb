"""Each step of a run has the tags that the README lists."""

from __future__ import annotations

import re

from ees_analytics.pipeline_registry import register_pipelines
from ees_analytics.runner import FINALLY, LAST, OPERATIONAL
from tests.conftest import PROJECT

ORDER = {FINALLY, LAST, OPERATIONAL}


def test_each_step_has_a_layer_and_a_source_or_theme():
    pipelines = register_pipelines()
    found = {}
    for name, pipeline in pipelines.items():
        for node in pipeline.nodes:
            assert found.setdefault(node.name, node.tags) == node.tags, f"{name} has other tags"
    for node in pipelines["__default__"].nodes:
        layer = node.tags & {"raw", "app", "plots"}
        assert len(layer) == 1, node.name
        assert len(node.tags - layer - ORDER) == (0 if "plots" in layer else 1), node.name
    assert found["reporting.events.ees_service_downloads"] == {"app", "events"}
    assert found["ingest.ees_ga4_page.load"] == {"raw", "ga4"}
    assert found["publish.ees__last_updated"] == {"app", "publish", LAST}


def test_the_readme_lists_all_tags():
    text = (PROJECT / "README.md").read_text().partition("| tag of |")[2].partition("\n\n")[0]
    tags = {tag for node in register_pipelines()["__default__"].nodes for tag in node.tags}
    assert {*re.findall(r"`(\w+)`", re.sub(r"(?m)^\| [^|]*", "", text))} == tags
