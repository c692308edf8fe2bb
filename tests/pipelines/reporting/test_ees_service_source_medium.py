from tests.reporting import DAY, of


def test_both_eras_are_added_whatever_they_call_it(reporting):
    counts = {"date": DAY, "pageviews": 2.0, "sessions": 1.0}
    rows = reporting(
        "ees_service_source_medium",
        ees_ua_source_medium=[{**counts, "pagePath": "/glossary", "source": "google", "medium": "organic"}],
        ees_ga4_source_medium=[
            {**counts, "pagePath": "/glossary", "sessionSource": "google", "sessionMedium": "organic"},
            {**counts, "pagePath": "/", "sessionSource": "(direct)", "sessionMedium": "(none)"},
        ],
    )

    assert of(rows, "date", "page_type", "source", "medium", "pageviews", "sessions") == [
        (DAY, "Glossary", "google", "organic", 4.0, 2.0),
        (DAY, "Homepage", "(direct)", "(none)", 2.0, 1.0),
    ]


def test_the_empty_path_has_a_rule(reporting):
    """Production had none here; the shared page types know it."""
    visit = {"date": DAY, "pagePath": "", "sessionSource": "bing", "sessionMedium": "organic"}
    rows = reporting(
        "ees_service_source_medium", ees_ga4_source_medium=[{**visit, "pageviews": 1.0, "sessions": 1.0}]
    )

    assert of(rows, "page_type") == [("Blank",)]
