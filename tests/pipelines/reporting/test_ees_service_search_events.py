from tests.reporting import event, of


def test_searches_on_pages_of_the_service(reporting):
    counts = {
        "/Find-Statistics": 1.0,
        "Find Statistics and Data": 2.0,
        "/Data-Catalogue": 3.0,
        "/Download-Latest-Data": 4.0,
        "/Data-Tables/Leo": 5.0,
        "/Methodology": 6.0,
        "Glossary": 700.0,
        "/static/js/main.js": 8.0,
        "/Find-Statistics/Leo": 9.0,
        "Somewhere": 5.0,
    }
    events = [event("PageSearchForm", count, eventCategory=name) for name, count in counts.items()]

    rows = reporting("ees_service_search_events", ees_ga4_events=events)

    assert of(rows, "page_type", "eventCount") == [
        ("Data catalogue", 7.0),
        ("Find stats", 3.0),
        ("Glossary", 700.0),
        ("Methodology nav", 6.0),
        ("Table tool", 5.0),
        ("Unclassified", 5.0),
    ]
