"""The graph as the diagram shows it."""

from __future__ import annotations

from ees_analytics.cli.viz.graph import customised_graph


def test_tables_are_in_boxes_without_cycles():
    def node(name: str, kind: str, *within: str) -> dict:
        return {"id": name, "name": name, "type": kind, "modular_pipelines": list(within) or None}

    nodes = [
        node("source.x", "data", "ingest"), node("raw.ees_ua_page", "data", "reporting"),
        node("raw.x", "data", "ingest", "reporting"), node("app.x", "data", "reporting"),
        node("app.y", "data", "reporting"), node("ingest", "modularPipeline"), node("reporting", "modularPipeline"),
        node("step", "task", "reporting"),
    ]  # fmt: skip
    chain = ["source.x", "ingest", "raw.x", "reporting", "app.x", "step", "app.y"]
    children = [
        {"id": name, "type": "data"} for name in ("source.x", "raw.x", "app.x", "app.y", "raw.ees_ua_page")
    ]
    tree = {
        "__root__": {"inputs": [], "outputs": [], "children": [*children, {"id": "ingest"}, {"id": "reporting"}]},
        "ingest": {"inputs": ["source.x"], "outputs": ["raw.x"], "children": []},
    }  # fmt: skip
    edges = [{"source": source, "target": target} for source, target in zip(chain, chain[1:], strict=False)]
    graph = customised_graph(
        {"nodes": nodes, "edges": edges, "modular_pipelines": tree, "pipelines": [{"id": "__default__"}]}
    )
    drawn = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    assert {("sources", "ingest"), ("ingest", "raw tables"), ("raw tables", "reporting")} <= drawn
    assert ("reporting", "app tables") in drawn
    assert ("app tables", "step") not in drawn
    shown = [child["id"] for child in graph["modular_pipelines"]["__root__"]["children"]]
    assert shown == ["ingest", "reporting", "app tables", "frozen tables", "raw tables", "sources"]
    assert graph["modular_pipelines"]["ingest"]["outputs"] == []


def test_large_boxes_have_boxes_within():
    """At any depth, what is shown beside an open or closed box is connected to it."""
    names = ["source.ees_ga4_x", "source.website", "raw.ees_ga4_x", "raw.ees_pub_scrape"]
    nodes = [{"id": name, "name": name, "type": "data"} for name in names]
    boxes = ["ingest", "ingest.ees_ga4_x", "ingest.website"]
    nodes += [{"id": name, "name": name, "type": "modularPipeline"} for name in boxes]
    flow = [
        ("source.ees_ga4_x", "ingest.ees_ga4_x", "raw.ees_ga4_x"),
        ("source.website", "ingest.website", "raw.ees_pub_scrape"),
    ]
    pairs = [
        pair for source, step, raw in flow for box in (step, "ingest") for pair in ((source, box), (box, raw))
    ]
    of_ingest = [{"id": name, "type": "modularPipeline"} for name in boxes[1:]]
    tree = {
        "__root__": {"inputs": [], "outputs": [], "children": [*({"id": name, "type": "data"} for name in names), {"id": "ingest", "type": "modularPipeline"}]},
        **{name: {"inputs": [], "outputs": [], "children": of_ingest if name == "ingest" else []} for name in boxes},
    }  # fmt: skip
    edges = [{"source": source, "target": target} for source, target in pairs]
    graph = customised_graph({"nodes": nodes, "edges": edges, "modular_pipelines": tree, "pipelines": []})
    inside = {
        name: [child["id"] for child in box["children"]] for name, box in graph["modular_pipelines"].items()
    }
    ga4 = "Google Analytics 4"
    assert inside["__root__"] == ["ingest", "raw tables", "sources"]
    assert inside["ingest"] == ["ingest.website", f"ingest.{ga4}"]
    assert inside[f"ingest.{ga4}"] == ["ingest.ees_ga4_x"]
    assert inside["raw tables"] == ["raw.ees_pub_scrape", f"raw tables.{ga4}"]
    drawn = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    sources, steps, raws = (
        {outer, f"{outer}.{ga4}", name}
        for outer, name in (
            ("sources", "source.ees_ga4_x"),
            ("ingest", "ingest.ees_ga4_x"),
            ("raw tables", "raw.ees_ga4_x"),
        )
    )
    assert {(source, step) for source in sources for step in steps} <= drawn
    assert {(step, raw) for step in steps for raw in raws} <= drawn
    assert {node["name"] for node in graph["nodes"] if node["id"].endswith(ga4)} == {ga4}


def test_bookkeeping_is_left_out_with_its_edges():
    nodes = [
        {"id": "1", "name": "state.x", "type": "data"},
        {"id": "2", "name": "plan", "type": "task"},
        {"id": "3", "name": "download_values", "type": "data"},
        {"id": "4", "name": "params:x", "type": "parameters"},
    ]
    graph = {
        "nodes": nodes, "layers": ["raw"], "pipelines": [],
        "edges": [{"source": "1", "target": "2"}, {"source": "2", "target": "3"}],
        "modular_pipelines": {"__root__": {"inputs": ["1"], "outputs": ["3"], "children": [{"id": "1"}, {"id": "3"}]}},
    }  # fmt: skip
    tidy = customised_graph(graph)
    assert [node["id"] for node in tidy["nodes"]] == ["2", "3"]
    assert tidy["edges"] == [{"source": "2", "target": "3"}]
    assert tidy["modular_pipelines"]["__root__"] == {
        "inputs": [],
        "outputs": ["3"],
        "children": [{"id": "3"}],
    }
