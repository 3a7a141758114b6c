"""How an error text is read before patterns meet it, and which texts only report success."""

import pytest

from bot.core.estate.lane import Lane, Layer
from bot.core.triage.error_text import (
    READ_END,
    READ_START,
    apart,
    cause_starts,
    complaint,
    normalise,
    read,
    says_success,
)
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry, match
from bot.core.triage.required_words import Pattern


def entry(name: str, pattern: str, *, family: str = "erp", general: bool = False) -> PlaybookEntry:
    return PlaybookEntry(
        id=name,
        systems=(family,),
        pattern=Pattern(pattern),
        error_class=ErrorClass.UNKNOWN,
        meaning="A meaning.",
        first_check="A check.",
        fix="A fix.",
        retry=Retry.AFTER_FIX,
        lane=Lane.IT,
        layer=Layer.TECHNICAL,
        source="",
        grade="C",
        sample=pattern,
        general=general,
    )


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        pytest.param("Periode ist nicht geöffnet", "Periode ist nicht geoffnet", id="accents"),
        pytest.param("l’hôte est “inconnu”", 'l\'hote est "inconnu"', id="curly quotes"),
        pytest.param(r"{\"code\":\\\"X1\\\"}", '{"code":"X1"}', id="JSON inside JSON"),
        pytest.param(r"gesch\u00e4ft", "geschaft", id="escaped characters"),
        pytest.param("&lt;title&gt;413&lt;/title&gt;", "<title>413</title>", id="HTML entities"),
        pytest.param(r"D:\export\new\up", r"D:\export\new\up", id="a Windows path stays as it is"),
        pytest.param("AT&T & Söhne", "AT&T & Sohne", id="an ampersand that is none"),
    ],
)
def test_a_text_reads_the_same_however_it_was_packed(written, read_as):
    assert read(written) == read_as


def test_a_pattern_is_evened_out_as_texts_are():
    assert normalise("geöffnet|größe [äö]") == "geoffnet|grosse [ao]"


def test_of_a_long_text_only_the_beginning_and_the_end_are_read():
    text = "a" * READ_START + "b" * 5000 + "c" * READ_END

    assert read(text) == "a" * READ_START + "\n" + "c" * READ_END


def test_the_innermost_cause_that_a_text_names_goes_first():
    book = Playbook(entries=(entry("outer", "login refused"), entry("inner", "untrusted chain")))
    text = "WebException ---> login refused ---> untrusted chain"

    hits = match(book, text, ("erp",))

    assert [hit.entry.id for hit in hits] == ["inner", "outer"]
    assert cause_starts("no cause is named") == 0


@pytest.mark.parametrize(
    "text",
    [
        "Sync completed: 503 orders created, 0 failed",
        '{"status":"Succeeded","rowsCopied":503,"errors":[]}',
        "Alle 512 Belege wurden erfolgreich verarbeitet, 0 Fehler",
        "Certificate renewed successfully",
        '{"result":"ok","failed":0,"rejected":0}',
    ],
)
def test_a_text_that_only_reports_success_is_known_as_such(text):
    assert says_success(text)


@pytest.mark.parametrize(
    "text",
    [
        "Run completed with 12 failed records",
        "Sync finished, 3 duplicates skipped",
        "no healthy upstream",
        "Login not successful",
        "Order 4711",
        "completed: errors: 1.5 %",
    ],
)
def test_a_text_with_trouble_or_without_a_claim_is_no_success(text):
    assert not says_success(text)


def test_in_a_text_of_success_only_precise_entries_count():
    book = Playbook(
        entries=(
            entry("precise", "code X17"),
            entry("status", "503", general=True),
            entry("wording", "orders", family="phrases"),
        )
    )

    assert match(book, "Sync completed: 503 orders", ("erp",)) == ()
    assert [hit.entry.id for hit in match(book, "completed, code X17, 503")] == ["precise"]


@pytest.mark.parametrize("told", ["duplicates: 0", '"duplicates":0,', "duplicates = none"])
def test_what_is_counted_as_nothing_does_not_count(told):
    book = Playbook(entries=(entry("wording", "duplicates", family="phrases"),))

    assert match(book, told) == ()
    assert match(book, "duplicates: 07 of 12") != ()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ('{"a":"b","c":"d"}', 2),
        ('[{"a":1},{"a":2}]', 2),
        ('a=1 b=2 msg="x y" c=3', 4),
        ("Customer id=42 not found", 1),
        ("Item No. 1000 does not exist. Nothing was posted", 2),
        ("<a>1</a><b>2</b>", 2),
        ("one | two\nthree", 3),
    ],
)
def test_fields_and_sentences_are_set_apart_and_every_place_stays(text, pieces):
    set_apart = apart(text)

    assert len(set_apart) == len(text)
    assert len([piece for piece in set_apart.split("\n") if piece]) == pieces


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("INFO setting read timeout to 30000 ms", "INFO setting read"),
        ("INFO invoice period closed check passed, no locked periods", "INFO ,  periods"),
        ("Retry 3/5 succeeded after previous timeout", "Retry 3/5"),
        ("job finished in 3s (timeout was 30s)", "job finished in 3s ()"),
        ('{"level":"info","msg":"timeout set to 30s"}', '{"level":"info","msg":""}'),
        # Nobody says that it went well, or something else did not.
        ("read timeout to 30000 ms", "read timeout to 30000 ms"),
        ("INFO timeout of 30s exceeded", "INFO timeout of 30s exceeded"),
        ("Run failed (timeout was 30s)", "Run failed (timeout was 30s)"),
        ("Check passed, order rejected", "Check passed, order rejected"),
        # A state that is denied, wherever it stands; one that should be and is not stays.
        ("The certificate is NOT expired (till 2031)", "The certificate  (till 2031)"),
        ("Login failed: user X is not locked", "Login failed: user X "),
        ("Das Zertifikat ist nicht abgelaufen", "Das Zertifikat "),
        ("The period is not open", "The period is not open"),
        ("It is not locked by you", "It is not locked by you"),
        ("X is locked, not expired", "X is locked, not expired"),
        # What passed, is set or was done before, unless something else is wrong.
        ("XSD validation: Status: PASS", ""),
        ("XSD: PASS, rules: FAIL BR-CO-15", "XSD: PASS, rules: FAIL BR-CO-15"),
        ("Tests passed: test_login_is_denied", ":"),
        ("FAILED test_login_is_denied", "FAILED test_login_is_denied"),
        ("Heartbeat timeout set to 60s", "Heartbeat"),
        ("Timeout is set to 30s: read timed out", "Timeout is set to 30s: read timed out"),
        ('Setting "Stop on error" changed by X', "by X"),
        ('Rule "Stop on error" failed', 'Rule "Stop on error" failed'),
        ("DN-7 already posted, nothing to do", "DN-7"),
        ("DN-7 already posted", "DN-7 already posted"),
    ],
)
def test_what_a_text_only_mentions_is_no_complaint(text, left):
    heard, _ = complaint(text)

    assert len(heard) == len(text)
    assert "".join(heard.split()) == "".join(left.split())
