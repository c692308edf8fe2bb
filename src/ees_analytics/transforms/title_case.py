"""Title case, as the published tables spell publications. In Python: engines differ in ``initcap``."""

import re

_LETTER, _LETTER_OR_DIGIT = r"[^\W\d_]", r"[^\W_]"
_WORD = re.compile(rf"{_LETTER_OR_DIGIT}+(?:(?<={_LETTER})['’.](?={_LETTER}){_LETTER_OR_DIGIT}+)*")


def title_case(text: str) -> str:
    """Every word's first letter upper case, the rest lower.

    A word is a run of letters and digits; an apostrophe (straight or curly) or a full stop between letters does
    not end it. A word that starts with a digit keeps its letters lower ("1st", "16-18 Destination Measures").
    A letter whose capital is several ("ß", the ligature "ﬁ") has one capital ("Ss", "Fi"): casing a title again
    changes nothing.
    """
    return _WORD.sub(lambda word: word[0][0].title() + word[0][1:].lower(), text)
