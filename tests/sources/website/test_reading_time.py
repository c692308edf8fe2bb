import pytest

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.website.reading_time import count_words, read_seconds

LOGO = "/assets/images/accredited-official-statistics-logo.svg"


def _seconds(words: int, images: int = 0) -> float:
    return words / 265 * 60 + 12 * images


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" ", 1),
        ("one", 1),
        ("one two", 2),
        ("one \t\r\n\f\v two ", 2),
        (" one", 2),
        ("one\N{NO-BREAK SPACE}two", 1),
        ("one\N{EM SPACE}two", 1),
        ("one \N{EN DASH} two", 3),
    ],
)
def test_words_are_parted_by_ascii_white_space(text, words):
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>one two</p><p>three</p>", 3),
        ("<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4><h5>e</h5><h6>f</h6><li>g</li><a>h</a>", 8),
        ("<p>one <a href='/'>two</a></p>", 3),
        ("<ul><li>one<ul><li>two</li></ul></li></ul>", 2),
        ("<ul><li>one <ul><li>two</li></ul></li></ul>", 3),
        ("<p>one<!-- two three --><em>four</em></p>", 1),
        ("<p>one<br>two</p>", 1),
        ("<div>not counted</div><td>nor this</td>", 0),
        ("<script>var p = '<p>not text</p>'</script>", 0),
        ("<template><p>one two</p></template>", 2),
        ("<p>fish &amp; chips</p>", 3),
        ("<p> </p><h1>one</h1>", 2),
        ("<h1>one</h1><p></p>", 2),
        ("<p>one</p><h2></h2>", 1),
    ],
)
def test_the_texts_of_each_tag_are_counted_nested_ones_again(body, words):
    assert read_seconds(f"<html><body>{body}</body></html>", "page") == _seconds(words)


@pytest.mark.parametrize(
    ("image", "images"),
    [
        ("<img src='/content/1.png'>", 1),
        ("<img>", 1),
        ("<img src=''>", 1),
        (f"<img src='{LOGO}'>", 0),
        (f"<img src='{LOGO}?v=2'>", 1),
        (f"<img src='https://example.org{LOGO}'>", 1),
    ],
)
def test_images_count_twelve_seconds_but_not_the_logo(image, images):
    assert read_seconds(f"<html><body><p>one</p>{image}{image}</body></html>", "page") == _seconds(
        1, 2 * images
    )


def test_nothing_is_no_page():
    with pytest.raises(MalformedResponse, match="find-statistics/x"):
        read_seconds("", "find-statistics/x")
