"""What the diagram shows beside the name of a table, a step and a plot."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ees_analytics.cli.viz.responses import about, page


def step(pages):
    """One row a day, with
    averages.

    Args:
        pages: Rows.
    """


def short(pages):
    """Short."""


def without_docstring(pages): ...


@pytest.mark.parametrize(
    ("name", "func", "details", "text"),
    [
        (
            "app.ees_service_summary",
            None,
            {"filepath": "/x/lake/t"},
            "One row is one day of the whole service",
        ),
        ("source.ees_ga4_page", None, {"filepath": "/x/ga4/t"}, "Source of raw.ees_ga4_page"),
        ("ees_service_summary", step, {"filepath": "src/ees.py"}, "One row a day, with averages"),
        ("f", short, {"filepath": "src/ees.py"}, "Short"),
        ("f", without_docstring, {"filepath": "/home/me/src/ees.py"}, "ees.py"),
        (
            "plot.daily",
            None,
            {"filepath": "/x/p.json", "preview": {"layout": {"title": {"text": "Daily"}}}},
            "Daily",
        ),
        ("run_id", None, {}, ""),
    ],
)
def test_about(name, func, details, text):
    node = SimpleNamespace(name=name, kedro_obj=SimpleNamespace(func=func) if func else SimpleNamespace())
    found = about(node, details)
    assert found == text or (text and found.startswith(text))


def test_the_page_asks_no_other_host_and_hides_what_does_not_work_here():
    html = page().decode()
    assert "https://" not in html
    assert ".pipeline-menu-button--deploy" in html
    assert ".run-status-nav-wrapper" in html
    assert 'content: "About:"' in html
    assert html.index("localStorage.KedroViz") < html.index("./assets/index-")
