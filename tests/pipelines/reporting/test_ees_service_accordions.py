import pytest

from ees_analytics.transforms.unclassified import TooMuchUnclassified
from tests.reporting import DAY, event, of


def opened(category, count=1.0, **columns):
    return event("Accordion Opened", count, eventCategory=category, **columns)


def test_pages_of_the_service_and_nothing_else(reporting):
    categories = {
        "Glossary": 200.0,
        "Find Statistics and Data": 3.0,
        "Find+Statistics+and+Data": 4.0,
        "Methodologies": 5.0,
        "Download Index Page": 6.0,
        "Some Release Page": 7.0,
        "Some Release Data Page": 8.0,
        "Some Methodology": 9.0,
        "Novel page": 2.0,
    }
    rows = reporting(
        "ees_service_accordions", ees_ga4_events=[opened(name, count) for name, count in categories.items()]
    )

    assert of(rows, "date", "page_type", "eventLabel", "eventCount") == [
        (DAY, "Find stats navigation", "", 7.0),
        (DAY, "Glossary", "", 200.0),
        (DAY, "Methodology navigation", "", 5.0),
        (DAY, "Unclassified", "", 2.0),
    ]


def test_the_share_is_that_of_this_table(reporting):
    """Openings on release pages, a thousand times more, do not hide what nobody classified."""
    rows = [opened("Some Release Page", 100_000.0), opened("Glossary", 97.0), opened("Novel page", 3.0)]

    with pytest.raises(TooMuchUnclassified, match="ees_service_accordions: 3 of 100"):
        reporting("ees_service_accordions", ees_ga4_events=rows)


def test_a_category_that_is_missing_is_unclassified(reporting):
    rows = [opened("Glossary", 99.0), opened(None, 1.0)]

    found = reporting("ees_service_accordions", ees_ga4_events=rows)

    assert of(found, "page_type", "eventCount") == [("Glossary", 99.0), ("Unclassified", 1.0)]
