from tests.reporting import DAY, of


def visit(path, source):
    return {
        "date": DAY,
        "pagePath": path,
        "sessionSource": source,
        "sessionMedium": "referral",
        "pageviews": 2.0,
        "sessions": 1.0,
    }


def test_release_pages_only_and_unknown_slugs_stay(reporting):
    rows = reporting(
        "ees_publication_source_medium",
        ees_ga4_source_medium=[
            visit("/find-statistics/graduate-outcomes-leo", "gov.uk"),
            visit("/find-statistics/graduate-outcomes-leo/2020-21", "gov.uk"),
            visit("/find-statistics/gone", "gov.uk"),
            visit("/methodology/graduate-outcomes-leo", "gov.uk"),
        ],
    )

    assert of(rows, "publication", "source", "medium", "pageviews", "sessions") == [
        (None, "gov.uk", "referral", 2.0, 1.0),
        ("Graduate Outcomes (Leo)", "gov.uk", "referral", 4.0, 2.0),
    ]
