import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from ees_analytics.transforms.text import remove_first, text_after, text_before_last, trim

texts = st.lists(
    st.sampled_from(["a", "Ab", "%", "_", ".", "$1", "\\", ", R", ",", " ", "😀", "é", "\u00a0"])
)


def computed(spark, function, values):
    rows = spark.createDataFrame(pa.table({"text": pa.array(values, pa.string())}))
    return [row["made"] for row in rows.select(function(F.col("text")).alias("made")).collect()]


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        (" \t\n a b \u00a0\u2003\u3000", "a b"),
        ("\u2028\x85a\u1680", "a"),
        ("\u200ba\u200b", "\u200ba\u200b"),  # no white space
        (" ", ""),
        (None, None),
    ],
)
def test_trim(spark, text, trimmed):
    assert computed(spark, trim, [text]) == [trimmed]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(texts.map("".join), min_size=1, max_size=30), st.sampled_from([", R", "a", "$1", "%", "\\", "."])
)
def test_parts_of_texts(spark, values, part):
    def after(text):
        return text.split(part, 1)[1] if part in text else None

    def before_last(text):
        return text.rsplit(part, 1)[0] if part in text else None

    assert computed(spark, lambda text: text_after(text, part), values) == list(map(after, values))
    assert computed(spark, lambda text: text_before_last(text, part), values) == list(
        map(before_last, values)
    )
    removed = [text.replace(part, "", 1) for text in values]
    assert computed(spark, lambda text: remove_first(text, part), values) == removed
