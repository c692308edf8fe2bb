"""Text functions that give the same result on every engine."""

import re
import unicodedata

from pyspark.sql import Column
from pyspark.sql import functions as F

WHITE_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""The characters that Unicode calls white space, as the inside of a character class."""

_LETTER, _LETTER_OR_DIGIT = r"[^\W\d_]", r"[^\W_]"
_WORD = re.compile(rf"{_LETTER_OR_DIGIT}+(?:(?<={_LETTER})['’.](?={_LETTER}){_LETTER_OR_DIGIT}+)*")


def trim(text: Column) -> Column:
    """The text without white space at both ends; Spark's own ``trim`` removes spaces only."""
    return F.regexp_replace(text, f"^[{WHITE_SPACE}]+|[{WHITE_SPACE}]+\\z", "")


def remove_first(text: Column, part: str) -> Column:
    """The text without the first occurrence of a literal part."""
    before = F.substring_index(text, part, 1)
    return F.when(text.contains(F.lit(part)), F.concat(before, text_after(text, part))).otherwise(text)


def text_after(text: Column, part: str) -> Column:
    """What follows the first occurrence of a literal text; null where it does not occur."""
    start = F.length(F.substring_index(text, part, 1)) + len(part) + 1
    return F.when(text.contains(F.lit(part)), F.substr(text, start))


def text_before_last(text: Column, part: str) -> Column:
    """What precedes the last occurrence of a literal text; null where it does not occur."""
    tail = F.length(F.substring_index(text, part, -1)) + len(part)
    return F.when(text.contains(F.lit(part)), F.left(text, F.length(text) - tail))


def title_case(text: str) -> str:
    """Every word's first letter upper case, the rest lower, as the published tables spell publications.

    A word is a run of letters and digits; an apostrophe (straight or curly) or a full stop between letters does
    not end it. A word that starts with a digit keeps its letters lower ("1st", "16-18 Destination Measures").
    A letter whose capital is several ("ß", the ligature "ﬁ") has one capital ("Ss", "Fi"): casing a title again
    changes nothing. Letters and their accents are composed first (NFC).
    """
    composed = unicodedata.normalize("NFC", text)
    return _WORD.sub(lambda word: word[0][0].title() + word[0][1:].lower(), composed)
