"""Near names follow what each engine writes about a column or table that does not exist."""

import pytest

from ees_analytics.console.query_errors import unknown_name

TABLES = {
    "ees_ga4_page": ["date", "sessions"],
    "ees_ga4_hourly": ["date", "sessions"],
    "ees_pub_scrape": ["slug"],
}
SESSIONS = (
    "There is no column `sesions` in these rows. `sessions` is a column of ees_ga4_page, ees_ga4_hourly."
)


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ('attribute ObjectName([Identifier("sesions")]) is missing from the schema: cannot resolve', SESSIONS),
        ('attribute ObjectName([Identifier("t"), Identifier("sesions")]) is missing from the schema', SESSIONS),
        (
            "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `t`.`sesions` cannot be resolved.",
            SESSIONS,
        ),
        ('attribute ObjectName([Identifier("zzz")]) is missing from the schema', "There is no column `zzz` in these rows."),
        ("Table not found: [TABLE_OR_VIEW_NOT_FOUND] Table or view not found: ees_ga4_pge", "There is no table `ees_ga4_pge`. Did you mean ees_ga4_page?"),
        ("[TABLE_OR_VIEW_NOT_FOUND] The table or view `ees_ga4_pge` cannot be found.", "There is no table `ees_ga4_pge`. Did you mean ees_ga4_page?"),
        ("[TABLE_OR_VIEW_NOT_FOUND] The table or view `app`.`ees_ga4_page` cannot be found.", "In SQL a table is a view of its bare name, without `app.` or `raw.`; ees_ga4_page must be in this lake."),
        ("division by zero", ""),
    ],
)  # fmt: skip
def test_near_names(message, hint):
    found = unknown_name(message, TABLES)
    assert found == hint or (hint.endswith("?") and found.startswith(hint[:-1]))
