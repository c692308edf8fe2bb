from tests.reporting import DAY, event, of


def test_searches_on_pages_of_publications(reporting):
    path = "/find-statistics/graduate-outcomes-leo."
    rows = reporting(
        "ees_publication_search_events",
        ees_ga4_events=[
            event(
                "PageSearchForm", 2.0, eventCategory="/Find-Statistics/Leo", pagePath=path, eventLabel="pay"
            ),
            event(
                "PageSearchForm", 3.0, eventCategory="/Find-Statistics/Leo", pagePath=path, eventLabel="pay "
            ),
            event("PageSearchForm", eventCategory="/Methodology/Leo", pagePath="/methodology/gone"),
            event("PageSearchForm", eventCategory="/Find-Statistics", pagePath=path),
            event("PageSearchForm", eventCategory="/static/js/main.js", pagePath=path),
            event("PageSearchForm", eventCategory="Somewhere", pagePath=path),
            event("pagesearchform", eventCategory="/Find-Statistics/Leo", pagePath=path),
        ],
    )

    assert of(rows, "date", "page_type", "publication", "eventLabel", "eventCount") == [
        (DAY, "Methodology pages", None, "", 1.0),
        (DAY, "Release page", "Graduate Outcomes (Leo)", "pay", 2.0),
        (DAY, "Release page", "Graduate Outcomes (Leo)", "pay ", 3.0),
    ]
