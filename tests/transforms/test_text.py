import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from ees_analytics.transforms.text import remove_first, text_after, text_before_last, title_case, trim

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


SPELLED = {
    "children's": "Children's",
    "children’s social CARE": "Children’s Social Care",
    "Graduate outcomes (LEO)": "Graduate Outcomes (Leo)",
    "a-level": "A-Level",
    "1st": "1st",
    "1ST-RATE": "1st-Rate",
    "KS2/KS4": "Ks2/Ks4",
    "U.K.": "U.k.",
    "the U.K. pilot (e.g. x)": "The U.k. Pilot (E.g. X)",
    "16-18 destination measures": "16-18 Destination Measures",
    "CO2 monitors": "Co2 Monitors",
    "5'a b'5 a.5b": "5'A B'5 A.5b",
    "'quoted' word": "'Quoted' Word",
    "o''neil..x": "O''Neil..X",
    "under_score": "Under_Score",
    "  two  spaces\u00a0here ": "  Two  Spaces\u00a0Here ",
    "école ÉCOLE": "École École",
    "e\u0301cole me\u0300re": "École Mère",  # decomposed
    "ßtraße ﬁne ǆ": "Sstraße Fine ǅ",
    "": "",
}


@pytest.mark.parametrize(("text", "spelled"), SPELLED.items())
def test_title_case(text, spelled):
    assert title_case(text) == spelled


def reference(text):
    """Character by character, as the definition has it."""
    result, in_word = [], False
    for position, char in enumerate(text):
        before, after = text[position - 1 : position], text[position + 1 : position + 2]
        if char.isalnum():
            result.append(char.lower() if in_word else char.title())
            in_word = True
        else:
            result.append(char)
            in_word = in_word and char in "'’." and before.isalpha() and after.isalpha()
    return "".join(result)


@given(st.text(alphabet="aZé1ßﬁ .'’-_/()&%\u00a0"))
def test_as_the_definition_says(text):
    assert title_case(text) == reference(text)


@given(st.text(alphabet="aZé1 .'’-_/()"))
def test_a_spelled_title_stays(text):
    assert title_case(title_case(text)) == title_case(text) == title_case(text.swapcase())


@given(st.text(alphabet="aßﬁǆ '’-"))
def test_a_spelled_title_stays_where_a_letter_has_no_capital_of_its_own(text):
    """Some tables spell a title twice: the publication's name must be the same in all of them."""
    assert title_case(title_case(text)) == title_case(text)
