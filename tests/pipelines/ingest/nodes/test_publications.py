"""The table of publications: the case's rows exactly, and every refusal that keeps the old table."""

import logging

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from ees_analytics.contracts.contract import ContractError
from ees_analytics.parameters.website import PublicationRules, RowBounds, WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.publications import (
    PAGES,
    load_publication_pages,
    load_publications,
    visit_publications,
)
from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import (
    MalformedResponse,
    PageMissing,
    PermissionRefused,
    SourceUnavailable,
    UnstableSnapshot,
)
from ees_analytics.sources.website.dataset import RecordedWebsiteDataset, WebsiteDataset
from tests.conftest import CASES, PROJECT
from tests.servers import website as faulty
from tests.servers.website import WebsiteServer

SETTINGS = WebsiteSettings(listing_pause_seconds=0)
SITE = "https://explore-education-statistics.service.gov.uk"
CASE = CASES / "a"


def pairs(rows):
    return sorted((row["slug"], row["title"]) for row in rows.to_pylist())


def table(found):
    return pa.table(
        {"slug": [slug for slug, _ in found], "title": [title for _, title in found]},
        schema=pa.schema([("slug", pa.string()), ("title", pa.string())]),
    )


def legacy(*slugs_and_titles):
    urls = [f"{SITE}/find-statistics/{slug}/2019-20" for slug, _ in slugs_and_titles]
    titles = [title for _, title in slugs_and_titles]
    return pa.table({"url": pa.array(urls, pa.string()), "heading": pa.array(titles, pa.string())})


def listing(slugs, count=None, number=1, pages=1):
    """A listing page; ``slugs`` may map each to the text of its link."""
    texts = slugs if isinstance(slugs, dict) else dict.fromkeys(slugs, "")
    links = "".join(
        f'<a class="govuk-link" href="/find-statistics/{slug}">{text}</a>' for slug, text in texts.items()
    )
    count = len(slugs) if count is None else count
    return f"<html><body><p>{count} results, page {number} of {pages}</p>{links}</body></html>"


def page(title):
    return f'<html><h1 class="govuk-heading-xl">{title}</h1></html>'


class Site(dict):
    """Pages by address; an address without a page is missing. Remembers what was asked for."""

    def __init__(self, answers):
        super().__init__(answers)
        self.requested = []

    def __contains__(self, address):
        return True

    def __getitem__(self, address):
        def get():
            self.requested.append(address)
            answer = self.get(address, PageMissing(f"{address}: no such page."))
            if isinstance(answer, Exception):
                raise answer
            return answer

        return get


def website(titles, **changed):
    """A site that lists these slugs; ``changed`` replaces a slug's page by another or by a failure."""
    answers = {f"find-statistics/{slug}": page(title) for slug, title in titles.items()}
    answers["find-statistics?page=1"] = listing(titles)
    answers |= {f"find-statistics/{slug}": answer for slug, answer in changed.items()}

    return Site(answers)


OLD = legacy(("old", "Old"))
NONE = table([])
TWO = {"a": "A", "b": "B"}


def state(before):
    return TableState("ees_pub_scrape", exists=True, rows=lambda: before)


def load(site, before=NONE, old=OLD, rules=None, settings=SETTINGS):
    rules = rules or PublicationRules()
    visit = visit_publications(site, old, rules, settings, state(before))
    return pairs(load_publications(visit, state(before), rules, settings))


@pytest.fixture(scope="module")
def case_rules():
    rules = yaml.safe_load((PROJECT / "conf/base/parameters_rules.yml").read_text(encoding="utf-8"))
    return PublicationRules(**rules["publications"])


def expected_of_case():
    return pairs(pq.read_table(CASE / "expected_raw_ees_pub_scrape.parquet"))


@pytest.mark.parametrize("first_load", [True, False])
def test_the_case_s_site_gives_the_case_s_rows(case_rules, first_load):
    before = NONE if first_load else pq.read_table(CASE / "raw/ees_pub_scrape.parquet")
    site = RecordedWebsiteDataset(path=str(CASE / "site")).load()
    old = pq.read_table(CASE / "raw/ees_legacy_scrape.parquet")
    assert load(site, before, old, case_rules) == expected_of_case()


def test_the_live_site_gives_the_same_rows_through_faults(case_rules):
    with WebsiteServer(CASE / "site", latest={"apprenticeships": "2024-25"}) as server:
        slug = "/find-statistics/apprenticeships"
        shifted = (CASE / "site/find-statistics/_page_1.html").read_text(encoding="utf-8")
        server.faults.add("/find-statistics?page=1", faulty.status(503, "0"), times=1)
        server.faults.add("/find-statistics?page=2", faulty.page(shifted), times=1)
        server.faults.add(slug, faulty.reset(), times=1)
        server.faults.add("/find-statistics/children-in-need", faulty.truncated(), times=1)
        server.faults.add("/find-statistics/neet-age-16-to-24", faulty.status(404), times=1)
        site = WebsiteDataset(url=server.url, pause_seconds=0, backoff_seconds=0.01, timeout_seconds=5).load()
        old = pq.read_table(CASE / "raw/ees_legacy_scrape.parquet")
        assert load(site, NONE, old, case_rules) == expected_of_case()


def test_spark_frames_are_taken(spark):
    old = spark.createDataFrame([(f"{SITE}/find-statistics/old", "Old")], "url string, heading string")
    assert load(website(TWO), old=old) == [("a", "A"), ("b", "B"), ("old", "Old")]


def test_an_empty_frozen_table_is_no_fault_when_there_are_rows_by_hand():
    rules = PublicationRules(manual={"m": "M"})
    assert load(website(TWO), old=legacy(), rules=rules) == [("a", "A"), ("b", "B"), ("m", "M")]


def test_a_page_that_is_missing_keeps_its_last_known_title(caplog):
    site = website(TWO, b=PageMissing("find-statistics/b: no such page."))
    with caplog.at_level(logging.WARNING):
        rows = load(site, table([("a", "Old A"), ("b", "Last B"), ("old", "Old")]))
    assert rows == [("a", "A"), ("b", "Last B"), ("old", "Old")]
    assert "find-statistics/b: no such page. Its last known title stays." in caplog.text


def test_a_missing_page_may_be_known_from_old_pages():
    site = website(TWO, b=PageMissing("gone"))
    assert load(site, old=legacy(("b", "Old B"), ("old", "Old"))) == [
        ("a", "A"),
        ("b", "Old B"),
        ("old", "Old"),
    ]


def test_a_missing_page_may_have_its_title_by_hand():
    site = website(TWO, b=PageMissing("gone"))
    rules = PublicationRules(manual={"b": "B by hand"})
    assert load(site, rules=rules) == [("a", "A"), ("b", "B by hand"), ("old", "Old")]


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (
            PageMissing("find-statistics/b: gone."),
            "1 listed publication.s. have no title: find-statistics/b: gone",
        ),
        (MalformedResponse("find-statistics/b: no html"), "find-statistics/b: no html"),
        ("<h1>Sorry</h1>", "find-statistics/b: the page has no title"),
    ],
)
def test_a_new_publication_without_a_title_is_a_failure(failure, message):
    with pytest.raises(SourceError, match=f"{message}.*Nothing was written.*publications.manual"):
        load(website(TWO, b=failure), table([("a", "A"), ("old", "Old")]))


@pytest.mark.parametrize(
    "failure", [SourceUnavailable("down"), PermissionRefused("refused"), MalformedResponse("bad")]
)
def test_other_failures_of_a_page_are_failures_even_where_a_title_is_known(failure):
    with pytest.raises(SourceError, match=str(failure)):
        load(website(TWO, b=failure), table([("a", "A"), ("b", "B"), ("old", "Old")]))


def test_no_results_are_a_failure_not_an_empty_site():
    site = Site({"find-statistics?page=1": "<p>0 results, 0 pages, showing all publications</p>"})
    with pytest.raises(UnstableSnapshot, match="0 entries on 0 pages"):
        load(site, table([("a", "A")]))


def test_a_count_that_is_not_stated_is_a_failure():
    site = Site({"find-statistics?page=1": "<html><body>Many publications</body></html>"})
    with pytest.raises(MalformedResponse, match="does not state how many"):
        load(site)


def test_a_slug_with_two_titles_is_refused_with_the_remedy():
    with pytest.raises(ContractError, match=r"'a': \['A', 'Old a'\].*superseded_titles.*Nothing was written"):
        load(website(TWO), old=legacy(("a", "Old a"), ("old", "Old")))
    rules = PublicationRules(superseded_titles=[("a", "Old a")])
    assert ("a", "A") in load(website(TWO), old=legacy(("a", "Old a"), ("old", "Old")), rules=rules)


def test_as_many_rows_as_listed_are_too_few():
    with pytest.raises(ContractError, match=r"2 row\(s\), not more than the 2 that the website lists"):
        load(website(TWO), old=legacy())


def numbered(count):
    return [(f"s{number}", "T") for number in range(count)]


@pytest.mark.parametrize(
    ("rows", "before", "fits"),
    [
        (110, 100, True),
        (111, 100, False),
        (95, 100, True),
        (94, 100, False),
        (30, 0, True),
        (100, 100, True),
        (20, 21, True),
    ],
)
def test_the_table_grows_by_a_tenth_and_shrinks_by_a_twentieth_at_most(rows, before, fits):
    listed = dict(numbered(10))
    old = legacy(*numbered(rows))
    if fits:
        assert len(load(website(listed), table(numbered(before)), old)) == max(rows, before)
    else:
        with pytest.raises(
            ContractError, match=rf"{rows} row\(s\) where {before} were before.*publication_bounds\.max_"
        ):
            load(website(listed), table(numbered(before)), old)


def test_the_bounds_are_parameters():
    wider = SETTINGS.model_copy(update={"publication_bounds": RowBounds(max_growth_percent=100)})
    assert (
        len(load(website(dict(numbered(10))), table(numbered(50)), legacy(*numbered(100)), settings=wider))
        == 100
    )


def test_what_changed_is_logged_by_name(caplog):
    with caplog.at_level(logging.INFO):
        rules = PublicationRules(superseded_titles=[("gone", "Gone")])
        load(website(TWO), table([("a", "Former A"), ("gone", "Gone"), ("old", "Old")]), rules=rules)
    assert "ees_pub_scrape: new: B (b)" in caplog.text
    assert "ees_pub_scrape: gone: Gone (gone)" in caplog.text
    assert "ees_pub_scrape: changed: A (a): title Former A -> A" in caplog.text
    assert "ees_pub_scrape: 3 row(s), 3 change(s)" in caplog.text


def test_a_listed_publication_with_an_ignored_title_is_reported(caplog):
    rules = PublicationRules(ignored_titles=["Find statistics and data"], manual={"m": "M", "n": "N"})
    rows = load(website({"a": "A", "x": "Find statistics and data"}), rules=rules)
    assert rows == [("a", "A"), ("m", "M"), ("n", "N"), ("old", "Old")]
    assert "left out by ignored or superseded titles: ['x']" in caplog.text


def test_upper_case_in_the_listing_is_one_publication():
    site = {**website(TWO), "find-statistics?page=1": listing(["A", "a", "b"], count=2)}
    assert load(Site(site)) == [("a", "A"), ("b", "B"), ("old", "Old")]


def test_titles_stay_text():
    assert ("b", "<script>x</script> & B") in load(
        website({"a": "A", "b": "&lt;script&gt;x&lt;/script&gt; &amp;\n B"})
    )


def test_each_page_is_read_once_also_those_that_the_website_does_not_list():
    site = website(TWO)
    site["find-statistics/old"], site["find-statistics/m"] = page("Old, once"), page("M")
    visit = visit_publications(site, OLD, PublicationRules(manual={"m": "M", "a": "A"}), SETTINGS)
    assert sorted(site.requested) == [
        "find-statistics/a", "find-statistics/b", "find-statistics/m", "find-statistics/old",
        "find-statistics?page=1",
    ]  # fmt: skip
    assert {slug: found.title for slug, found in visit.pages.items()} == {
        "a": "A",
        "b": "B",
        "old": "Old, once",
        "m": "M",
    }


@pytest.mark.parametrize("failure", [PageMissing("404"), SourceUnavailable("503"), PermissionRefused("403")])
def test_a_page_that_the_website_does_not_list_may_fail(failure):
    site = website(TWO)
    site["find-statistics/old"] = failure
    assert load(site) == [("a", "A"), ("b", "B"), ("old", "Old")]


def test_a_listed_slug_that_cannot_be_read_is_named_and_does_not_stop_the_others(caplog):
    site = website(TWO)
    site["find-statistics?page=1"] = listing([*TWO, "caf%C3%A9"])
    assert load(site) == [("a", "A"), ("b", "B"), ("old", "Old")]
    assert "listed, but left out, because the address has other characters" in caplog.text
    assert "caf%C3%A9" in caplog.text


def test_a_publication_that_leaves_the_listing_keeps_its_title_and_is_named(caplog):
    before = table([("a", "A"), ("b", "B"), ("left", "Renamed"), ("left-2", "Wrong"), ("old", "Old")])
    rules = PublicationRules(superseded_titles=[("left-2", "Wrong")])
    wide = SETTINGS.model_copy(update={"publication_bounds": RowBounds(max_loss_percent=50)})
    rows = load(website({"a": "A", "b": "B"}), before, rules=rules, settings=wide)
    assert rows == [("a", "A"), ("b", "B"), ("left", "Renamed"), ("old", "Old")]
    assert (
        "no longer listed, perhaps renamed or archived; the titles stay as they were before: Renamed (left). If one has "
        "a new address, see docs/how-to/rename-of-a-publication.md." in caplog.text
    )


def test_old_slugs_that_are_left_out_or_are_not_addresses_are_not_asked_for(caplog):
    site = WebsiteDataset().load()
    old = legacy(("x", "Cookies"), ("a b", "Spaced"), ("old", "Old"))
    asked = []

    class Recorded(Site):
        def __contains__(self, address):
            return address in site

        def __getitem__(self, address):
            asked.append(address)
            return super().__getitem__(address)

    visit_publications(Recorded(website(TWO)), old, PublicationRules(ignored_titles=["Cookies"]), SETTINGS)
    assert {address.partition("/")[2] for address in asked} == {"", "a", "b", "old"}
    assert "the pages of these old slugs are not read, because they are not addresses: ['a b']" in caplog.text


def test_pages_of_publications_that_left_the_listing_are_still_read():
    """Their publications stay in the summary, and the dashboard needs a reading time for each."""
    site = website(TWO)
    site["find-statistics/left"] = page("New name")
    known = state(table([("a", "A"), ("left", "Left")]))
    visit = visit_publications(site, OLD, PublicationRules(), SETTINGS, known)
    assert visit.pages["left"].title == "New name"
    assert "left" not in visit.listed


def test_the_counts_of_a_contradicted_page_stay(caplog):
    visit = visit_publications(many("s3"), OLD, PublicationRules(), SETTINGS)
    rows = pa.Table.from_pylist(
        [{"slug": "s3", "title": "Publication 3", "words": 7, "images": 1}], schema=PAGES.empty().schema
    )
    after = load_publication_pages(visit, TableState("ees_pub_pages", exists=True, rows=lambda: rows))
    assert {row["slug"]: row["words"] for row in after.to_pylist()}["s3"] == 7
    assert "s3: its last known counts stay" in caplog.text


ERROR_PAGE = page("Sorry, there is a problem with the service")
MANY = {f"s{number}": f"Publication {number}" for number in range(25)}


def many(*error_pages):
    pages = {slug: page(title) for slug, title in MANY.items()}
    return website(MANY, **(pages | dict.fromkeys(error_pages, ERROR_PAGE)))


def test_a_title_that_its_link_contradicts_keeps_the_last_one(caplog):
    before = table([*MANY.items(), ("old", "Old")])
    assert dict(load(many("s3"), before))["s3"] == "Publication 3"
    assert "title of the page is 'Sorry, there is a problem" in caplog.text
    assert "Its last known title stays." in caplog.text


def test_a_new_publication_whose_title_is_contradicted_is_left_out_and_named(caplog):
    before = table([*(pair for pair in MANY.items() if pair[0] != "s3"), ("old", "Old"), ("older", "Older")])
    rows = load(many("s3"), before, old=legacy(("old", "Old"), ("older", "Older")))
    assert "s3" not in dict(rows)
    assert "the listing calls it 'Publication 3'. It may be an error page. It is left out." in caplog.text


def test_many_contradicted_titles_are_an_outage():
    with pytest.raises(SourceError, match=r"2 listed publication\(s\) have no title"):
        load(many("s3", "s4"), table([*MANY.items(), ("old", "Old")]))
