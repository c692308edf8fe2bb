"""The app tables by a hand-written DuckDB script: what the project's own run is measured against.

python -m benchmarks.reporting_duckdb --lake /tmp/lake --run-date 2026-08-06 --to /tmp/duckdb

It reads the parquet files of the lake's Delta tables and writes a parquet file for each table of the dashboard: all but
``ees_avg_readtime`` (pages, no rows) and ``ees__last_updated``; of the operational tables ``ees_unclassified``, with
``--operational``. It takes the rules from conf, with all corrections, and what Python knows better (title case) from
the project; the rest is SQL of its own.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml
from deltalake import DeltaTable

from ees_analytics.parameters.corrections import corrected
from ees_analytics.transforms.text import title_case

CONF = Path(__file__).parents[1] / "conf/base/parameters_rules.yml"
SITE = "https://explore-education-statistics.service.gov.uk"
RULES = corrected(yaml.safe_load(CONF.read_text()), "all")
SPACE = r"[\t\n\x0B\f\r \x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]+"
RELEASE = "page_type IN ('Release page')"

# ------------------------------------------------------------------------------------------------------ SQL of rules


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def listed(values: Iterable[str]) -> str:
    return "(" + ", ".join(map(text, values)) + ")"


def label_by(rules: list[Mapping[str, Any]], field: str) -> str:
    """A CASE of the rules, first match first."""
    return f"CASE {' '.join(f'WHEN {_test(rule, field)}' for rule in rules)} ELSE 'Unclassified' END"


def _test(rule: Mapping[str, Any], field: str) -> str:
    column, label = rule.get("field", field), text(rule["label"])
    if "contains" in rule:
        return f"contains({column}, {text(rule['contains'])}) THEN {label}"
    if "equals" in rule:
        return f"{column} = {text(rule['equals'])} THEN {label}"
    return f"starts_with({column}, {text(rule['starts_with'])}) THEN {label}"


def slug(table: str, path: str = "pagePath") -> str:
    """The steps from a path to a slug."""
    steps = RULES["slug"][table]
    cases = " ".join(
        f"WHEN starts_with({path}, '/{section}/') THEN substr({path}, {len(section) + 3})"
        for section in steps["sections"]
    )
    part = f"CASE {cases} ELSE {path} END"
    if steps.get("drop_methodology"):
        part = f"regexp_replace({part}, '-methodology', '')"
    part = f"split_part({part}, '/', 1)"
    if steps.get("trim"):
        part = trim(part)
    if steps.get("keep_alnum"):
        part = f"regexp_replace({part}, '[^A-Za-z0-9-]', '', 'g')"
    if steps.get("drop_trailing_dot"):
        part = rf"regexp_replace({part}, '\.\z', '')"
    return f"lower({part})" if steps.get("lower") else part


def not_excluded(path: str) -> str:
    """The conditions that a release page's path fulfils besides its slug."""
    parts = [f"AND NOT contains({path}, {text(part)})" for part in RULES["release_page_exclusions"]]
    starts = RULES["release_page_exclusions_at_start"]
    return " ".join(parts + [f"AND NOT starts_with({path}, {text(start)})" for start in starts])


def trim(value: str) -> str:
    return f"regexp_replace({value}, '^{SPACE}|{SPACE}$', '', 'g')"


def counted(topic: str) -> str:
    rules = RULES[topic]
    tests = [f"eventName IN {listed(rules['events'])}"]
    tests += [f"starts_with(eventName, {text(prefix)})" for prefix in rules.get("event_prefixes", ())]
    return " OR ".join(tests)


# ----------------------------------------------------------------------------------------------------------- inputs


def views(db: duckdb.DuckDBPyConnection, lake: Path) -> None:
    """A view for every raw table, and the small tables that several need."""
    for folder in sorted((lake / "analytics_raw").iterdir()):
        files = listed(DeltaTable(folder).file_uris()).strip("()")
        db.execute(f"CREATE VIEW {folder.name} AS SELECT * FROM read_parquet([{files}])")
    rows = db.execute("SELECT slug, title FROM ees_pub_scrape WHERE slug IS NOT NULL AND title IS NOT NULL")
    names = {slug: title_case(title) for slug, title in rows.fetchall()}
    db.register("_titles", pa.table({"slug": list(names), "publication": list(names.values())}))
    db.execute("CREATE TABLE titles AS FROM _titles")
    for name, ga4_columns in {
        "device_browser": "deviceCategory AS device, browser",
        "source_medium": "sessionSource AS source, sessionMedium AS medium",
        "page": "1 AS one",
    }.items():
        ua_columns = ga4_columns.replace("sessionSource AS ", "").replace("sessionMedium AS ", "")
        rest = "pageviews, sessions"
        db.execute(
            f"CREATE VIEW {name} AS SELECT date, pagePath, {ua_columns}, {rest} FROM ees_ua_{name} "
            f"UNION ALL SELECT date, pagePath, {ga4_columns}, {rest} FROM ees_ga4_{name}"
        )
    db.execute(
        "CREATE VIEW events AS SELECT date, pagePath, eventAction AS eventName, eventLabel, eventCategory, "
        "totalEvents AS eventCount FROM ees_ua_events UNION ALL "
        "SELECT date, pagePath, eventName, eventLabel, eventCategory, eventCount FROM ees_ga4_events"
    )


def paths(db: duckdb.DuckDBPyConnection, name: str, rows: str, slug_of: str) -> None:
    """Page type and publication of every distinct path."""
    db.execute(
        f"CREATE TABLE {name}_paths AS SELECT p.*, publication FROM ("
        f"  SELECT pagePath, {label_by(RULES['page_type_by_path'], 'pagePath')} AS page_type,"
        f"  {slug(slug_of)} AS slug FROM (SELECT DISTINCT pagePath FROM {rows})"
        ") AS p LEFT JOIN titles USING (slug)"
    )


def spelling(db: duckdb.DuckDBPyConnection, topic: str, rows: str) -> None:
    """How the publications of these rows are written now."""
    present = {title_case(old): title_case(new) for old, new in RULES["renamed_publications"][topic].items()}
    found = [
        name
        for (name,) in db.execute(
            f"SELECT DISTINCT publication FROM {rows} WHERE publication IS NOT NULL"
        ).fetchall()
    ]
    spelled = [present.get(title_case(name), title_case(name)) for name in found]
    db.register("_spelling", pa.table({"publication": found, "spelled": spelled}))
    db.execute(f"CREATE TABLE {topic}_spelling AS FROM _spelling")


# ----------------------------------------------------------------------------------------------------------- tables


def traffic(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None]) -> None:
    sums = "sum(pageviews) AS pageviews, sum(sessions) AS sessions"
    for name, kind in {"device_browser": "device, browser", "source_medium": "source, medium"}.items():
        paths(db, name, name, name)
        joined = f"FROM {name} JOIN {name}_paths AS p ON {name}.pagePath IS NOT DISTINCT FROM p.pagePath"
        save(f"ees_service_{name}", f"SELECT date, page_type, {kind}, {sums} {joined} GROUP BY ALL")
        save(
            f"ees_publication_{name}",
            f"SELECT date, publication, {kind}, {sums} {joined} WHERE {RELEASE} GROUP BY ALL",
        )
    paths(db, "time_on_page", "ees_ga4_time_on_page", "time_on_page")
    sums += ", sum(userEngagementDuration) AS engagementDuration"
    joined = "FROM ees_ga4_time_on_page AS t JOIN time_on_page_paths AS p ON t.pagePath IS NOT DISTINCT FROM p.pagePath"
    save(
        "ees_service_time_on_page",
        f"SELECT t.*, total_session_starts FROM (SELECT date, page_type, {sums} {joined} GROUP BY ALL) AS t LEFT JOIN"
        " (SELECT date, page_type, sum(eventCount) AS total_session_starts FROM ees_session_starts GROUP BY ALL)"
        " USING (date, page_type)",
    )
    listed_types = listed(RULES["time_on_page"]["publication_page_types"])
    save(
        "ees_publication_time_on_page",
        f"SELECT date, publication, page_type, {sums} {joined}"
        f" WHERE page_type IN {listed_types} AND publication IS NOT NULL GROUP BY ALL",
    )


def session_starts(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None]) -> None:
    rows = f"(SELECT * FROM ees_ga4_events WHERE {counted('session_starts')})"
    paths(db, "session_starts", rows, "session_starts")
    save(
        "ees_session_starts",
        "SELECT e.date, e.pagePath, page_type, publication, e.eventCount FROM"
        f" (SELECT date, pagePath, sum(eventCount) AS eventCount FROM {rows} GROUP BY ALL) AS e"
        " JOIN session_starts_paths AS p ON e.pagePath IS NOT DISTINCT FROM p.pagePath",
    )


def classified(db: duckdb.DuckDBPyConnection, topic: str, more: str = "") -> None:
    """The events of a topic by day, label and what decides their labels; then those labels."""
    keys = "pagePath, eventCategory, eventName"
    page_type = label_by(RULES[topic]["page_type"], "eventCategory")
    db.execute(
        f"CREATE TABLE {topic}_values AS SELECT v.*, publication FROM (SELECT {keys}, {page_type} AS page_type,"
        f" {slug(topic)} AS slug {more} FROM"
        f" (SELECT DISTINCT {keys} FROM events WHERE {counted(topic)})) AS v LEFT JOIN titles USING (slug)"
    )
    db.execute(
        f"CREATE VIEW {topic}_rows AS SELECT e.date, e.eventLabel, e.eventCount, e.pagePath, v.* EXCLUDE (pagePath)"
        f" FROM (SELECT * FROM events WHERE {counted(topic)}) AS e JOIN {topic}_values AS v"
        f" ON {' AND '.join(f'e.{key} IS NOT DISTINCT FROM v.{key}' for key in keys.split(', '))}"
    )


def accordions_and_searches(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None]) -> None:
    for topic in ("accordions", "search_events"):
        classified(db, topic)
        rules = RULES[topic]
        rest = f"eventLabel, sum(eventCount) AS eventCount FROM {topic}_rows WHERE page_type IN"
        save(
            f"ees_publication_{topic}",
            f"SELECT date, page_type, publication, {rest} {listed(rules['publication_page_types'])} GROUP BY ALL",
        )
        kept = [*rules["service_page_types"], "Unclassified"]
        save(f"ees_service_{topic}", f"SELECT date, page_type, {rest} {listed(kept)} GROUP BY ALL")


def downloads(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None]) -> None:
    rules = RULES["downloads"]
    classified(db, "downloads", f", {label_by(rules['download_type'], 'eventName')} AS download_type")
    where = rules["publication_from_label"]
    after, before = text(where["after"]), text(where["before"])
    tail = f"substr(eventLabel, strpos(eventLabel, {after}) + {len(where['after'])})"
    head = f"array_to_string(string_split({tail}, {before})[:-2], {before})"
    first = text(where["before_first"])
    head = f"CASE WHEN contains({tail}, {first}) THEN split_part({tail}, {first}, 1) ELSE {head} END"
    named = trim(f"CASE WHEN contains(eventLabel, {after}) AND contains({tail}, {before}) THEN {head} END")
    from_label = f"CASE WHEN page_type IN {listed(where['page_types'])} THEN {named} END"
    db.execute(
        "CREATE TABLE downloads_named AS SELECT date, page_type, download_type, eventLabel, "
        f"coalesce(publication, {from_label}) AS publication, sum(eventCount) AS eventCount "
        "FROM downloads_rows GROUP BY ALL"
    )
    spelling(db, "downloads", "downloads_named")
    save(
        "ees_publication_downloads",
        "SELECT date, spelled AS publication, page_type, download_type, eventLabel, sum(eventCount) AS eventCount"
        " FROM downloads_named JOIN downloads_spelling USING (publication) GROUP BY ALL",
    )
    save(
        "ees_service_downloads",
        "SELECT date, page_type, download_type, eventLabel, sum(eventCount) AS eventCount"
        " FROM downloads_named GROUP BY ALL",
    )


def tables(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None]) -> None:
    classified(db, "featured_tables")
    prefix = text(RULES["featured_tables"]["label_prefix"])
    save(
        "ees_publication_featured_tables",
        f"SELECT date, publication, regexp_replace(eventLabel, {prefix}, '') AS eventLabel, sum(eventCount)"
        " AS eventCount FROM featured_tables_rows WHERE publication IS NOT NULL GROUP BY ALL",
    )
    classified(db, "tables_created")
    where = RULES["tables_created"]["publication_from_label"]
    in_label = f"slug IN {listed(where['slugs'])} OR pagePath IN {listed(where['paths'])}"
    publication = f"CASE WHEN {in_label} THEN split_part(eventLabel, '/', 1) ELSE publication END"
    db.execute(
        "CREATE TABLE tables_created_named AS SELECT date, page_type, split_part(eventLabel, '/', -1) AS eventLabel,"
        f" {trim(publication)} AS publication, sum(eventCount) AS eventCount FROM tables_created_rows GROUP BY ALL"
    )
    spelling(db, "tables_created", "tables_created_named")
    save(
        "ees_publication_tables_created",
        "SELECT date, page_type, spelled AS publication, eventLabel, sum(eventCount) AS eventCount"
        " FROM tables_created_named JOIN tables_created_spelling USING (publication) GROUP BY ALL",
    )


def unclassified(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None]) -> None:
    by_path = {
        "ees_service_device_browser": ("device_browser", "device_browser_paths", "pageviews"),
        "ees_service_source_medium": ("source_medium", "source_medium_paths", "pageviews"),
        "ees_service_time_on_page": ("ees_ga4_time_on_page", "time_on_page_paths", "pageviews"),
        "ees_session_starts": (
            f"(FROM ees_ga4_events WHERE {counted('session_starts')})",
            "session_starts_paths",
            "eventCount",
        ),
    }
    queries = [
        f"SELECT {text(table)}, 'pagePath', r.pagePath, r.date, {count} FROM {rows} AS r JOIN {values} AS v"
        " ON r.pagePath IS NOT DISTINCT FROM v.pagePath WHERE page_type = 'Unclassified'"
        for table, (rows, values, count) in by_path.items()
    ]
    for table, topic, column, field in (
        ("ees_service_accordions", "accordions", "page_type", "eventCategory"),
        ("ees_service_search_events", "search_events", "page_type", "eventCategory"),
        ("ees_service_downloads", "downloads", "page_type", "eventCategory"),
        ("ees_service_downloads", "downloads", "download_type", "eventName"),
        ("ees_publication_featured_tables", "featured_tables", "page_type", "eventCategory"),
        ("ees_publication_tables_created", "tables_created", "page_type", "pagePath"),
    ):  # fmt: skip
        queries.append(
            f"SELECT {text(table)}, {text(field)}, {field}, date, eventCount FROM {topic}_rows"
            f" WHERE {column} = 'Unclassified'"
        )
    save(
        "ees_unclassified",
        'SELECT "table", field, value, min(date) AS first_date, max(date) AS last_date, count(*) AS rows,'
        f' sum(c)::DOUBLE AS count FROM ({" UNION ALL ".join(queries)}) AS u("table", field, value, date, c)'
        " GROUP BY ALL",
    )


def summaries(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None]) -> None:
    seven = "CASE WHEN row_number() OVER (ORDER BY date) >= 7 THEN floor((sum({c}) OVER (ORDER BY date ROWS 6 PRECEDING) * 20 + 7) / 14) / 10 END AS {c}_avg7"
    ratio = "floor(({a} * 20 + nullif({b}, 0)) / (nullif({b}, 0) * 2)) / 10"
    save(
        "ees_service_summary",
        "SELECT date, pageviews, sessions, "
        f"{ratio.format(a='seconds::DOUBLE', b='timed')} AS averageSessionDuration,"
        f" {seven.format(c='pageviews')}, {seven.format(c='sessions')},"
        f" {ratio.format(a='pageviews', b='sessions')} AS pagesPerSession FROM (SELECT date,"
        " sum(pageviews) AS pageviews, sum(sessions) AS sessions,"
        " sum(duration::DECIMAL(18, 9) * sessions::DECIMAL(18, 9)) AS seconds,"
        " sum(sessions) FILTER (duration IS NOT NULL) AS timed FROM ("
        " SELECT date, pageviews, sessions, avg_session_duration AS duration FROM ees_ua_service_summary UNION ALL"
        " SELECT date, screenPageViews::DOUBLE, sessions::DOUBLE, averageSessionDuration FROM ees_ga4_service_summary"
        ") GROUP BY date)",
    )
    totals = {
        "total_session_starts": ("ees_session_starts", RELEASE),
        "total_accordion_events": ("ees_publication_accordions", RELEASE),
        "total_download_events": ("ees_publication_downloads", "true"),
        "total_featured_tables": ("ees_publication_featured_tables", "true"),
        "total_search_events": ("ees_publication_search_events", RELEASE),
        "total_tables_created": ("ees_publication_tables_created", "true"),
    }
    excluded = not_excluded("pagePath")
    pages = (
        "SELECT date, publication, sum(pageviews) AS pageviews, sum(sessions) AS sessions FROM page JOIN"
        f" (SELECT pagePath, publication FROM (SELECT DISTINCT pagePath, {slug('publication_summary')} AS slug"
        f" FROM page WHERE contains(pagePath, '/find-statistics/') {excluded}) JOIN titles USING (slug))"
        " USING (pagePath) GROUP BY ALL"
    )
    joins = "".join(
        f" LEFT JOIN (SELECT date, publication, sum(eventCount) AS {name} FROM {table} WHERE {where} GROUP BY ALL)"
        " USING (date, publication)"
        for name, (table, where) in totals.items()
    )
    metrics = ["pageviews", "sessions", *totals]
    first = RULES["publication_summary"]["first_day"]
    save(
        "ees_publication_summary",
        f"SELECT date, publication, {', '.join(f'coalesce({name}, 0)::DOUBLE AS {name}' for name in metrics)} FROM"
        f" (SELECT date FROM (SELECT date FROM page INTERSECT SELECT date FROM events) WHERE date >= DATE '{first}')"
        " CROSS JOIN (SELECT DISTINCT publication FROM titles)"
        f" LEFT JOIN ({pages}) USING (date, publication){joins}",
    )


def search(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None], run_date: str) -> None:
    excluded = not_excluded("path")
    path = (
        f"CASE WHEN starts_with(pagePath, '{SITE}') THEN substr(pagePath, {len(SITE) + 1}) ELSE pagePath END"
    )
    db.execute(
        "CREATE TABLE queries AS WITH recent AS (FROM ees_search_console"
        f" WHERE date >= DATE '{run_date}' - 365), pages AS (SELECT pagePath, publication FROM"
        f" (SELECT pagePath, {slug('search_console', 'path')} AS slug FROM"
        f" (SELECT DISTINCT pagePath, {path} AS path FROM recent)"
        f" WHERE contains(path, '/find-statistics/') {excluded}) JOIN titles USING (slug))"
        " SELECT 'Service' AS publication, query, sum(clicks) AS clicks, sum(impressions) AS impressions"
        " FROM recent GROUP BY ALL UNION ALL SELECT publication, query, sum(clicks), sum(impressions)"
        " FROM recent JOIN pages USING (pagePath) GROUP BY ALL"
    )
    top = " UNION ALL ".join(
        f"SELECT query, {metric}::DOUBLE AS count, publication, '{metric}' AS metric FROM queries QUALIFY"
        f" row_number() OVER (PARTITION BY publication ORDER BY {metric} DESC, query) <= 10"
        for metric in ("clicks", "impressions")
    )
    save("ees_search_console_queries", top)
    save(
        "ees_search_console_timeseries",
        "SELECT date, sum(clicks)::DOUBLE AS clicks, sum(impressions)::DOUBLE AS impressions FROM"
        " (SELECT date, clicks, impressions FROM ees_search_console UNION ALL"
        " SELECT date, clicks, impressions FROM ees_search_console_old) GROUP BY date",
    )


def public_api(db: duckdb.DuckDBPyConnection, save: Callable[[str, str], None]) -> None:
    names = {
        "publications": "Publication",
        "data_sets": "DataSet",
        "data_set_versions": "Version",
        "top_level": "",
    }
    calls = [
        f"SELECT _file_date AS date, replace(type, 'GetSummary', 'Get{kind}Summary') AS type FROM raw_ees_{log}"
        for log, kind in names.items()
    ]
    calls.append("SELECT _file_date, 'PostQueryExecutions' FROM raw_ees_query_access")
    types = [
        "GetPublications",
        "GetDataSets",
        "GetPublicationSummary",
        "GetDataSetSummary",
        "GetVersions",
        "DownloadCsv",
        "GetMetadata",
        "GetChanges",
        "GetVersionSummary",
        "PostQueryExecutions",
    ]
    counts = ", ".join(f"count(*) FILTER (type = '{name}') AS {name}" for name in types)
    save("ees_api_daily_queries", f"SELECT date, {counts} FROM ({' UNION ALL '.join(calls)}) GROUP BY date")
    data_set, kinds = (
        "dataSetId, dataSetTitle, dataSetVersion",
        ("DownloadCsv", "GetMetadata", "PostQueryExecutions"),
    )
    order = ", ".join(f"{name} DESC NULLS LAST" for name in ("_file_datetime", *data_set.split(", ")))
    counts = ", ".join(f"count(*) FILTER (type = '{name}') AS {name}" for name in kinds)
    save(
        "ees_api_dataset_queries",
        f"WITH known AS (SELECT dataSetVersionId, {data_set} FROM raw_ees_data_set_versions WHERE dataSetVersionId"
        " IS NOT NULL QUALIFY row_number() OVER (PARTITION BY dataSetVersionId ORDER BY dataSetId IS NULL,"
        f" {order}) = 1), catalogue AS (SELECT api_dataset_id AS dataSetId, publication AS publicationTitle FROM"
        " ees_scrape_api_data_catalog WHERE api_dataset_id IS NOT NULL QUALIFY row_number() OVER (PARTITION BY"
        " api_dataset_id ORDER BY last_updated DESC NULLS LAST, publication DESC NULLS LAST) = 1), calls AS (SELECT"
        f" _file_date AS date, {data_set}, type FROM raw_ees_data_set_versions UNION ALL SELECT _file_date, {data_set},"
        " 'PostQueryExecutions' FROM raw_ees_query_access LEFT JOIN known USING (dataSetVersionId)) SELECT c.*,"
        f" publicationTitle FROM (SELECT date, {data_set}, {counts} FROM calls WHERE type IN {listed(kinds)}"
        " GROUP BY ALL) AS c LEFT JOIN catalogue USING (dataSetId)",
    )


def build(lake: Path, to: Path, run_date: str, threads: int, operational: bool) -> dict[str, float]:
    """Write every table; seconds by table."""
    db, seconds = duckdb.connect(config={"threads": threads}), {}
    to.mkdir(parents=True, exist_ok=True)

    def save(table: str, query: str) -> None:
        started, file = time.perf_counter(), to / f"{table}.parquet"
        db.execute(f"COPY ({query}) TO {text(str(file))} (FORMAT parquet)")
        db.execute(f"CREATE VIEW {table} AS FROM {text(str(file))}")
        seconds[table] = time.perf_counter() - started

    views(db, lake)
    for part in (
        session_starts,
        traffic,
        accordions_and_searches,
        downloads,
        tables,
        *([unclassified] if operational else []),
        summaries,
    ):
        part(db, save)
    search(db, save, run_date)
    public_api(db, save)
    return seconds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lake", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True, help="the folder of the parquet files")
    parser.add_argument("--run-date", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--operational", action="store_true", help="ees_unclassified too")
    return parser.parse_args()


if __name__ == "__main__":
    options = _options()
    print(json.dumps(build(**vars(options)), indent=1))
