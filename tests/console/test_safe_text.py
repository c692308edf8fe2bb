"""Secrets are hidden; control and invisible characters are escaped."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.console import safe_text
from ees_analytics.console.safe_text import (
    MAX_TEXT,
    hide,
    looks_like_a_key,
    printable,
    printable_line,
    printable_values,
    without_secrets,
)
from tests.run_report.examples import example_run

BODY = "TOPSECRET+" + "Ab3/" * 14
PEM = f"-----BEGIN PRIVATE KEY-----\n{BODY[:64]}\n{BODY[:64]}\nTOPSECRET==\n-----END PRIVATE KEY-----\n"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJUT1BTRUNSRVQifQ.TOPSECRET-x_y"
KEY = json.dumps(
    {"type": "service_account", "private_key_id": "TOPSECRET", "private_key": PEM, "client_email": "a@b"}
)
HEXES = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def no_known_secrets(monkeypatch):
    monkeypatch.setattr(safe_text, "_known", set())


@pytest.mark.parametrize("known", [(), ("TOPSECRET",)])
@pytest.mark.parametrize(
    "text",
    [
        PEM, repr(PEM), PEM.replace("\n", "\r\n"), json.dumps(json.dumps(PEM)), f"before {PEM} after",
        PEM[:90], repr(PEM)[:90], PEM[40:], repr(PEM[40:]), PEM[40:170], f"x: {PEM[-60:]}",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nTOPSECRET\n-----END RSA PRIVATE KEY-----",
        KEY, KEY[:100], repr(KEY), repr(json.loads(KEY)), KEY.replace('"', '\\"'), "{'private_key': 'TOPSECRET and more'",
        "ya29.a0TOPSECRET-x_y.z~1", "1//0gTOPSECRETTOPSECRETTOPSECRET", "GOCSPX-TOPSECRET-1", "AIzaSyTOPSECRETTOPSECRETTOPSECRETTOPSEC",
        "Authorization: Bearer TOPSECRET", "Bearer TOPSECRET", "{'Authorization': 'Basic TOPSECRET=='}", "authorization=TOPSECRET",
        JWT, f"token {JWT[:40]}", f"dapi{HEXES}-2", f"the token dapi{HEXES} was refused",
        "https://me:TOPSECRET@host/x", "https://me:TOP@SECRETTOPSECRET@host/x", "ftp://TOPSECRET@host",
        "/file?sig=TOPSECRET&x=1", "GET /x?a=1&token=TOPSECRET", "/x?key=TOPSECRET#y", "?a=1&amp;api_key=TOPSECRET",
        "?X-Amz-Signature=TOPSECRET", "client_secret=TOPSECRET, and more", "password = 'TOPSECRET'", "apikey: TOPSECRET",
        '{"refresh_token": "TOPSECRET"}', '{"token": "TOPSECRET \\" TOPSECRET"}', "AccountKey=TOPSECRET;x",
        "access_token: Bearer TOPSECRET", "password=basic TOPSECRET",
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_hidden(text, known):
    hide(known)
    found = without_secrets(f"It failed: {text}\nDo this.")
    for piece in ("TOPSECRET", "TOP@SECRET", BODY[10:40], HEXES, "eyJpc3Mi"):
        assert piece not in found
    assert found.startswith("It failed: ")
    assert "[hidden]" in found
    assert looks_like_a_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "the token was refused: bearer tokens expire; the primary key=3", "google_key_file 'secret:ees-analytics/google-key'",
        "gcloud auth application-default login --scopes=openid,https://www.googleapis.com/auth/userinfo.email",
        "/Volumes/catalog/schema/key=abc/2026-06-01.parquet", "GOOGLE_APPLICATION_CREDENTIALS names /home/ann/key.json",
        f"the digest {HEXES} of SHA-256 {HEXES * 2} \n", "/find-statistics/pupil-attendance-in-schools?utm_source=x#secrets",
        "école – “Überblick” 10 % ✓ ✗ …", "https://explore-education-statistics.service.gov.uk/find-statistics",
    ],
)  # fmt: skip
def test_other_text_stays_as_it_is(text):
    assert printable(text) == text


def test_paths_of_keys_are_paths():
    for path in (
        None,
        "key.json",
        "/home/ann/keys/ees.json",
        "C:\\keys\\ees.json",
        "secret:ees-analytics/google-key",
    ):
        assert not looks_like_a_key(path)
    assert looks_like_a_key({"private_key": PEM})
    assert looks_like_a_key("eyJ0eXBlIjogInNlcnZpY2VfYWNjb3VudCJ9")  # pragma: allowlist secret


def test_known_secrets_are_hidden_wherever_they_are():
    hide(["of no known form\\nand a second line", "short"])
    assert (
        without_secrets("got 'and a second line': of no known form, short")
        == "got '[hidden]': [hidden], short"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"), ("\x07\x08\x7f\x85\x9b", r"\x07\x08\x7f\x85\x9b"),
        ("a\u202eb\u2066c\u200bd\ufeffe\u00ad", r"a\u202eb\u2066c\u200bd\ufeffe\xad"), ("x\u2028y\u3164z\ufe0f", r"x\u2028y\u3164z\ufe0f"),
        ("\ud800 \U000e0041", r"\ud800 \U000e0041"), ("tab\there\r", r"tab\there\r"), ("one\r\ntwo\n  three", "one\n    two\n  three"),
    ],
)  # fmt: skip
def test_control_and_invisible_characters_are_escaped(text, shown):
    assert printable(text) == shown
    assert printable_line(text).isprintable()


@given(st.text() | st.text(alphabet="\n\\n\"'=:;?&-BEGINDtokenkeypassword{}eyJ./@A", max_size=200))
def test_doing_it_again_changes_nothing(text):
    assert printable(printable(text)) == printable(text)
    assert all(line.isprintable() for line in printable(text).split("\n"))


def test_a_long_text_loses_its_middle():
    assert len(printable("x" * 50_000)) == MAX_TEXT
    assert printable_line("x" * 400 + "y" * 400) == "x" * 199 + "…" + "y" * 100
    assert "ya29" not in printable("x" * (MAX_TEXT - 10) + "ya29.TOPSECRET" * 9)


def test_a_command_is_shown_whole_or_not_at_all():
    command = "`gcloud auth login --scopes=one,two,three`"
    whole = f"There is no key. Log in: {command}. The next run tries again."
    assert printable(whole, 100) == whole
    for most in range(20, len(whole)):
        shown = printable(whole, most)
        assert len(shown) <= most
        assert shown.count("`") == 2 * (command in shown)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    ["a", " ", "a-", "\\n", "\n", "a\\", "password ", "bearer ", "://", "-----BEGIN", "-----END ", "eyJ", "?key=", "token", f"{'A' * 64}\n"],
)  # fmt: skip
def test_hostile_text_takes_no_time(piece):
    """A tenth of a second; minutes where an expression backtracks."""
    assert printable(f"?{piece * (40_000 // len(piece))}", 40_000)


def test_every_text_of_a_value_is_printable():
    run = printable_values(example_run(failures={"step\x1b": "\x07"}, log_gaps={"t": ["Bearer TOPSECRET"]}))
    assert run.failures == {r"step\x1b": r"\x07"}
    assert run.log_gaps == {"t": ["Bearer [hidden]"]}
    assert run.outcome is example_run().outcome
    assert printable_values(example_run()) == example_run()
    assert printable_values({"a": [{"accessToken": "TOPSECRET", "tokens": 1}]}) == {
        "a": [{"accessToken": "[hidden]", "tokens": 1}]
    }
    assert printable_values(("\x1b", 1, None)) == (r"\x1b", 1, None)
