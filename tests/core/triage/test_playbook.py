"""The playbook: which known text fits, in which order, and that hostile texts do no harm."""

import pytest

from bot.core.estate.catalogue import Catalogue, Connection, System
from bot.core.estate.lane import Lane, Layer
from bot.core.triage.error_text import READ_END, READ_START
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry, families, match
from bot.core.triage.required_words import Pattern


def entry(name: str, family: str, pattern: str, *, general: bool = False) -> PlaybookEntry:
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


BOOK = Playbook(
    entries=(
        entry("erp-wrapper", "erp", "dialog exception", general=True),
        entry("erp-period", "erp", "ledger closed"),
        entry("shop-token", "shop", "invalid bearer"),
        entry("oauth-token", "oauth", "invalid bearer"),
        entry("http-401", "transport", "401", general=True),
    )
)


@pytest.mark.parametrize(
    ("text", "systems", "expected"),
    [
        pytest.param(
            "dialog exception: ledger closed",
            ("erp",),
            ["erp-period", "erp-wrapper"],
            id="within a family the precise one goes before the wrapper",
        ),
        pytest.param(
            "401 invalid bearer",
            ("shop",),
            ["shop-token", "oauth-token", "http-401"],
            id="the connection's own family goes first, a bare status last",
        ),
        pytest.param(
            "401 invalid bearer",
            ("erp",),
            ["oauth-token", "shop-token", "http-401"],
            id="what any call can say goes before another system",
        ),
        pytest.param(
            "401 invalid bearer",
            (),
            ["shop-token", "oauth-token", "http-401"],
            id="without a system the system's own words go before the protocol",
        ),
        pytest.param(
            "dialog exception invalid bearer",
            ("erp",),
            ["oauth-token", "shop-token", "erp-wrapper"],
            id="a wrapper of the own family gives way to whatever is precise",
        ),
        pytest.param("LEDGER CLOSED", ("erp",), ["erp-period"], id="case does not matter"),
        pytest.param("my cat sat on the keyboard", ("erp",), [], id="nonsense fits nothing"),
        pytest.param("", ("erp",), [], id="an empty text fits nothing"),
    ],
)
def test_the_best_entry_comes_first(text, systems, expected):
    hits = match(BOOK, text, systems)

    assert [hit.entry.id for hit in hits] == expected


def test_a_hit_says_in_words_what_told_and_how_near_it_is():
    own, far = (match(BOOK, "Ledger closed.", systems)[0] for systems in (("erp",), ("shop",)))

    assert "“Ledger closed”" in own.why
    assert "own systems" in own.why
    assert "not a system of this connection" in far.why


def test_a_mark_in_a_foreign_text_does_not_survive_in_a_hit():
    book = Playbook(entries=(entry("any", "erp", "closed .{0,40}"),))

    hit = match(book, "closed ‹p:alice›")[0]

    assert "‹" not in hit.why + hit.matched


def test_of_a_long_text_the_beginning_and_the_end_are_read():
    long = "x" * (READ_START + READ_END)

    assert match(BOOK, f"ledger closed {long}", ("erp",))
    assert match(BOOK, f"{long} Caused by: ledger closed", ("erp",))
    assert match(BOOK, f"{long} ledger closed {long}", ("erp",)) == ()


def test_an_entry_is_found_by_its_id_and_an_unknown_id_finds_nothing():
    assert BOOK.entry("erp-period") is BOOK.entries[1]
    assert BOOK.entry("lost") is None


def test_a_connection_speaks_what_its_two_ends_speak():
    catalogue = Catalogue(
        systems={
            "erp": System(id="erp", name="ERP", speaks=("business-central", "entra-id")),
            "bi": System(id="bi", name="BI", speaks=("entra-id",)),
        }
    )

    def between(source: str, target: str) -> Connection:
        return Connection(id="c", name="C", source=source, target=target)

    assert families(catalogue, between("erp", "bi")) == ("business-central", "entra-id")
    assert families(catalogue, between("lost", "bi")) == ("entra-id",)
