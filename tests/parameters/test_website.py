"""The website's parameters in conf are those of the model, and a misspelt one is refused."""

import pytest
import yaml
from pydantic import ValidationError

from ees_analytics.parameters.website import PublicationRules, WebsiteSettings
from tests.conftest import PROJECT


def conf(name):
    return yaml.safe_load((PROJECT / f"conf/base/{name}.yml").read_text(encoding="utf-8"))


def test_conf_names_every_setting_with_its_default():
    settings = conf("parameters_website")["website"]
    assert settings.keys() == WebsiteSettings.model_fields.keys()
    assert WebsiteSettings(**settings) == WebsiteSettings()


def test_the_rules_in_conf_are_read():
    rules = PublicationRules(**conf("parameters_rules")["publications"])
    assert rules.manual["technical-documentation-2022"] == "Employer Skills Survey"
    assert (
        "pupil-absence-in-schools-in-england",
        "Pupil absence in schools in England: autumn and spring terms",
    ) in (rules.superseded_titles)
    assert rules.ignored_titles == ["Find statistics and data"]


@pytest.mark.parametrize(
    "wrong", [{"listing_attempt": 3}, {"threads": 0}, {"publication_bounds": {"max_loss_percent": 101}}]
)
def test_senseless_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        WebsiteSettings(**wrong)
