import datetime as dt
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from ees_analytics.parameters.rules import CHOOSE_A_LABEL, Rule, RuleList, UnclassifiedLimit
from ees_analytics.transforms.unclassified import (
    NotACount,
    TooMuchUnclassified,
    proposed_rule,
    refuse_unclassified,
)
from tests.reporting import matches

BY_PATH = RuleList("page_type_by_path", [Rule(contains="/", label="Homepage")], "pagePath")
BY_NAME = RuleList("downloads.page_type", [Rule(field="eventName", equals="x", label="X")], "eventName")
COLUMNS = "pagePath string, page_type string, rows bigint, count double, first_date date, last_date date"
DAY = dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    "value", ["plain", "", " ", 'a "quoted" one', "it's: {odd} #1", "back\\slash", "é’\n", "${x}"]
)
@pytest.mark.parametrize("rules", [BY_PATH, BY_NAME])
def test_a_row_is_proposed(value, rules):
    assert proposed_rule({"value": value, "field": rules.input}, rules)


ODD = st.text(
    alphabet="ab${}\\:.,'\"#&*!|>%@` \n\t\x00\x07\x1b\x7f\x85\xa0\u2028\u2029\ufeff\U0001f600\ud800[]?-~"
)


@example("/\\${oc.env:HOME}").via("security review")
@example("/\\\\${oc.env:HOME}\\")
@example("DEL \x7f, NEL \x85, line \u2028, paragraph \u2029, mark \ufeff")
@example("${runtime_params:x} \\\\")
@given(st.text() | ODD)
def test_a_proposed_row_reads_as_exactly_the_value_and_is_plain_text(value):
    line = proposed_rule({"value": value, "field": "pagePath"}, BY_PATH)
    if line:
        folder = OmegaConf.load(io.StringIO(line))
        (row,) = OmegaConf.to_container(OmegaConf.unsafe_merge(folder), resolve=True)
        assert row == {"equals": value, "label": CHOOSE_A_LABEL, "example": value}
        assert line.isprintable()


@pytest.mark.parametrize(
    "value", ["/\\${oc.env:HOME}", "\x7f", "a\x85b", "\u2028", "\u202e", "\t", "\U0001f600", "${", "\\${"]
)
def test_odd_values_have_a_row_too(value):
    assert proposed_rule({"value": value, "field": "pagePath"}, BY_PATH)


@pytest.mark.parametrize("value", ["/x?token=secret", "/x?token=s3cr3t-s3cr3t", "/" + "x" * 2_000])
def test_no_row_is_proposed_that_a_message_would_change(value):
    assert proposed_rule({"value": value, "field": "pagePath"}, BY_PATH) == ""


@pytest.mark.parametrize("value", ["plain", 'a "quoted" one', "é’\n", "${x}"])
@pytest.mark.parametrize("rules", [BY_PATH, BY_NAME])
def test_the_proposed_row_classifies_the_value_once_it_has_a_label(value, rules):
    line = proposed_rule({"value": value, "field": rules.input}, rules)

    (row,) = OmegaConf.to_container(OmegaConf.create(line), resolve=True)
    assert row.pop("label") == CHOOSE_A_LABEL
    rule = Rule.model_validate({**row, "label": "Chosen"})
    assert matches(rule, value) and rule.example == value
    assert rules.field_of(rule) == rules.input


def values(spark, weights):
    rows = [(f"odd {n}", "Unclassified", 1, weight, DAY, DAY) for n, weight in enumerate(weights)]
    known = ("/", "Homepage", 1, 1000.0 - sum(weights), DAY, DAY)
    return spark.createDataFrame([*rows, known], COLUMNS)


def test_up_to_the_share_is_accepted(spark):
    limit = UnclassifiedLimit(max_share=0.01)

    refuse_unclassified(None, values(spark, [4.0, 6.0]), "table", "eventCount", [BY_PATH], limit)
    with pytest.raises(TooMuchUnclassified, match=r"table: 11 of 1,000 \(1.10%\)"):
        refuse_unclassified(None, values(spark, [4.0, 7.0]), "table", "eventCount", [BY_PATH], limit)


@pytest.mark.parametrize("count", [None, float("nan"), float("inf"), -5.0])
@pytest.mark.parametrize("label", ["Unclassified", "Homepage"])
def test_a_count_that_is_no_number_is_named_with_its_column_and_rows(spark, count, label):
    """Not "nan of nan", "float division by zero" or "bad operand type for unary -"."""
    message = refused(spark, label, count, [count, 1.0] if count else [count])
    assert message.startswith("ees_x: pageviews is missing, negative or not finite")
    assert f"  2024-01-01: {count} in 1 row(s) with pagePath '/odd'" in message
    assert "2024-01-02" not in message and "'/'" not in message


def test_a_sum_that_overflows_is_named_with_its_days(spark):
    message = refused(spark, "Homepage", float("inf"), [1.7e308, 1.7e308])
    assert "  2024-01-01 to 2024-01-02: inf in 2 row(s) with pagePath '/odd'" in message


def refused(spark, label, total, counts):
    """The message about ``/odd``, which has one row a day with these counts."""
    days = [DAY + dt.timedelta(days=number) for number in range(len(counts))]
    rows = [(day, "/odd", count) for day, count in zip(days, counts, strict=True)] + [(DAY, "/", 5.0)]
    values = [("/odd", label, len(counts), total, days[0], days[-1]), ("/", "Homepage", 1, 5.0, DAY, DAY)]
    frames = (
        spark.createDataFrame(rows, "date date, pagePath string, pageviews double"),
        spark.createDataFrame(values, COLUMNS),
    )
    with pytest.raises(NotACount) as stop:
        refuse_unclassified(*frames, "ees_x", "pageviews", [BY_PATH], UnclassifiedLimit(max_share=0))
    return str(stop.value)


def test_a_table_that_counts_nothing_is_accepted(spark):
    rows = [("odd", "Unclassified", 1, 0.0, DAY, DAY)]
    for found in (rows, []):
        frame = spark.createDataFrame(found, COLUMNS)
        refuse_unclassified(None, frame, "ees_x", "pageviews", [BY_PATH], UnclassifiedLimit(max_share=0))


def test_the_message_begins_with_what_weighs_most_and_stays_short(spark):
    limit = UnclassifiedLimit(max_share=0)
    with pytest.raises(TooMuchUnclassified) as stop:
        refuse_unclassified(
            None,
            values(spark, [float(weight) for weight in range(1, 31)]),
            "table",
            "eventCount",
            [BY_PATH],
            limit,
        )

    lines = str(stop.value).splitlines()
    assert "'odd 29': 30" in lines[2]
    assert lines[-1].strip() == "and 10 more values"
