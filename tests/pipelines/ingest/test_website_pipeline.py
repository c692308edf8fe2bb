"""The website's part of the pipeline runs on its own, and reads and writes what its catalogue entries name."""

import pyarrow as pa
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from ees_analytics.contracts import contract_named
from ees_analytics.parameters.website import PublicationRules, WebsiteSettings
from ees_analytics.pipelines.ingest.pipeline import create_website_pipeline
from ees_analytics.slices.state import TableState
from ees_analytics.sources.website.dataset import RecordedWebsiteDataset
from tests.conftest import PROJECT

TABLES = ("ees_pub_scrape", "ees_pub_pages", "ees_scrape_api_data_catalog")


def state_of(table: str) -> MemoryDataset:
    state = TableState(table, exists=False, rows=contract_named(table).empty)
    return MemoryDataset(state, copy_mode="assign")


def test_the_pipeline_reads_the_sample_site():
    catalog = DataCatalog(
        {
            "source.website": RecordedWebsiteDataset(path=str(PROJECT / "data/sample/website")),
            "raw.ees_legacy_scrape": MemoryDataset(
                pa.table({"url": pa.array([], pa.string()), "heading": pa.array([], pa.string())})
            ),
            **{f"state.{name}": state_of(name) for name in TABLES},
            "params:publications": MemoryDataset(PublicationRules(manual={"by-hand": "By hand"})),
            "params:website": MemoryDataset(WebsiteSettings(listing_pause_seconds=0)),
        }
    )
    pipeline = create_website_pipeline()
    assert pipeline.outputs() == {f"raw.{name}" for name in TABLES}
    made = SequentialRunner().run(pipeline, catalog)
    publications = made["raw.ees_pub_scrape"].load()
    assert {"slug": "by-hand", "title": "By hand"} in publications.to_pylist()
    assert publications.num_rows > 50
    pages = made["raw.ees_pub_pages"].load()
    assert 50 < pages.num_rows <= publications.num_rows
    assert min(pages["words"].to_pylist()) > 0
    assert made["raw.ees_scrape_api_data_catalog"].load().num_rows >= 12
