"""What the picture says of a table, a step and a plot, beside its name."""

from __future__ import annotations

import json

import pytest

from ees_analytics.cli.viz.answers import retold

STEP = '''def ees_service_summary(pages, sessions):
    """One row a day, with
    averages.

    Args:
        pages: Rows.
    """
    return pages
'''


@pytest.mark.parametrize(
    ("answer", "name", "about"),
    [
        ({"filepath": "/x/lake/t"}, "app.ees_service_summary", "One row is one day of the whole service"),
        ({"filepath": "/x/ga4/t"}, "source.ees_ga4_page", "What becomes raw.ees_ga4_page"),
        ({"filepath": "src/ees.py", "code": STEP}, "ees_service_summary", "One row a day, with averages"),
        ({"filepath": "src/ees.py", "code": 'def f():\n    """Short."""\n'}, "f", "Short"),
        ({"filepath": "/home/me/src/ees.py", "code": "def f(): ..."}, "f", "ees.py"),
        (
            {"filepath": "/x/p.json", "preview": {"layout": {"title": {"text": "Daily"}}}},
            "plot.daily",
            "Daily",
        ),
        ({"filepath": None, "code": None, "preview": None}, "params:rules", None),
    ],
)
def test_about(answer, name, about):
    told = json.loads(retold("api/nodes/abc", json.dumps(answer), {"abc": name}))
    assert told["filepath"] == about or (about and told["filepath"].startswith(about))


def test_the_page_asks_no_other_host_and_hides_what_does_not_work_here():
    page = '<html><head><link rel="x" href="https://fonts.example/f"></head><body></body></html>'
    told = retold("index.html", page, {})
    assert "fonts.example" not in told
    assert ".pipeline-menu-button--deploy" in told
    assert ".run-status-nav-wrapper" in told


def test_what_is_not_retold_stays():
    assert retold("api/version", "{}", {}) == "{}"
