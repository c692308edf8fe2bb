import pytest

from tests.reporting import DAY, of

ABSENCE = "Pupil Absence In Schools In England"
SLUG = "pupil-absence-in-schools-in-england"


def visit(path, pageviews=2.0):
    return {
        "date": DAY,
        "pagePath": path,
        "deviceCategory": "mobile",
        "browser": "Safari",
        "pageviews": pageviews,
        "sessions": 1.0,
    }


def test_release_pages_only_and_unknown_slugs_stay(reporting):
    rows = reporting(
        "ees_publication_device_browser",
        ees_ua_device_browser=[visit(f"/find-statistics/{SLUG}"), visit("/find-statistics/gone")],
        ees_ga4_device_browser=[
            visit(f"/find-statistics/{SLUG}/2022-23", 3.0),
            visit(f"/find-statistics/{SLUG}/2022-23/data-guidance"),
            visit(f"/data-tables/{SLUG}"),
            visit("/find-statistics"),
            visit("unheard of"),
        ],
    )

    assert of(rows, "publication", "device", "browser", "pageviews", "sessions") == [
        (None, "mobile", "Safari", 2.0, 1.0),
        (ABSENCE, "mobile", "Safari", 5.0, 2.0),
    ]


@pytest.mark.parametrize(
    ("slug", "publication"),
    [
        (f" {SLUG}\u00a0\u2003", ABSENCE),  # white space of every kind is stripped here
        (SLUG.upper(), ABSENCE),
        (f"{SLUG}-methodology", ABSENCE),
        (f"{SLUG}.", None),  # this table drops no dot
        (f"{SLUG}%", None),
        (f"x/{SLUG}", None),
    ],
)
def test_dirty_slugs(reporting, slug, publication):
    rows = reporting(
        "ees_publication_device_browser", ees_ga4_device_browser=[visit(f"/find-statistics/{slug}")]
    )

    assert of(rows, "publication") == [(publication,)]
