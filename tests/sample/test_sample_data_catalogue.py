"""The sample's catalogue is read back as the world has it."""

from ees_analytics.contracts import contract_for
from ees_analytics.parameters.website import WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.data_catalogue import load_data_catalogue
from ees_analytics.slices.state import TableState
from ees_analytics.sources.website.dataset import RecordedWebsiteDataset
from tests.sample.data_catalogue import last_updated, listed, write
from tests.sample.world import World

CONTRACT = contract_for("raw.ees_scrape_api_data_catalog")

WORLD = World()


def test_every_data_set_of_the_public_api_is_listed(tmp_path):
    write(WORLD, tmp_path)
    site = RecordedWebsiteDataset(path=str(tmp_path / "website")).load()
    state = TableState(CONTRACT.name, exists=False, rows=CONTRACT.empty)
    rows = load_data_catalogue(site, state, WebsiteSettings()).to_pylist()
    expected = {
        each.identifier: (
            each.title,
            each.publication.title,
            each.published,
            last_updated(WORLD, each),
            each.api_identifier,
            each.publication.identifier,
        )
        for each in listed(WORLD)
    }
    columns = ("dataset_name", "publication", "published", "last_updated", "api_dataset_id", "publication_id")
    assert {row["dataset_id"]: tuple(row[name] for name in columns) for row in rows} == expected
    assert len(rows) == sum(each.api_identifier is not None for each in WORLD.data_sets) >= 12
