"""Evidence lines: facts and times in plain words, and nothing that must stay hidden."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.estate.catalogue import Catalogue, Connection, Credential, Identity, System
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import Lane, Layer
from bot.core.monitoring.signals import FailedRecords, Signal
from bot.core.runbooks.evidence import Tone, lines
from bot.core.runbooks.runbook import EvidenceKind
from bot.core.triage.facts import Facts, Observed
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry
from bot.core.triage.required_words import Pattern
from bot.language.marks import render, when, who
from tests.builders import gathered

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BROKE = NOW - timedelta(minutes=40)
PERIOD = PlaybookEntry(
    id="period",
    systems=("erp",),
    pattern=Pattern("period closed"),
    error_class=ErrorClass.PERIOD_CLOSED,
    meaning="The date falls into a closed period.",
    first_check="Check.",
    fix="Fix.",
    retry=Retry.AFTER_FIX,
    lane=Lane.IT,
    layer=Layer.FUNCTIONAL,
    source="",
    grade="B",
    sample="period closed",
)
ORDERS = Connection(
    id="orders",
    name="Shop orders",
    source="shop",
    target="erp",
    entities=("orders",),
    tolerance=timedelta(minutes=30),
)
STOCK = Connection(id="stock", name="Stock", source="erp", target="depot")
ESTATE = Catalogue(
    systems={"erp": System(id="erp", name="Business ERP", speaks=("erp",))},
    connections={"orders": ORDERS, "stock": STOCK},
)


def facts(connection: Connection = ORDERS, catalogue: Catalogue = ESTATE, **known) -> Facts:
    book = Playbook(entries=(PERIOD,))
    return gathered(connection, catalogue, book, now=NOW, failing_since=BROKE, **known)


def said(kind: EvidenceKind, seen: Facts, catalogue: Catalogue = ESTATE) -> list[tuple[Tone, str]]:
    return [(line.tone, line.text) for line in lines(seen, catalogue, (kind,), NOW)]


def test_the_first_line_names_the_last_good_sync_and_what_is_waiting():
    good, oldest = NOW - timedelta(minutes=42), NOW - timedelta(minutes=38)
    signals = {
        Signal.LAST_SUCCESS: good,
        Signal.QUEUE_DEPTH: 57.0,
        Signal.QUEUE_OLDEST: oldest,
    }

    line = said(EvidenceKind.WHERE_STOPPED, facts(signals=signals))[0]

    assert line == (
        Tone.BAD,
        f"Last good sync {when(good)}; 57 orders waiting, the oldest since {when(oldest)}.",
    )


@pytest.mark.parametrize(
    ("signals", "tone", "text"),
    [
        pytest.param({}, Tone.BAD, "No good sync is on record.", id="never a good sync"),
        pytest.param(
            {Signal.LAST_SUCCESS: NOW - timedelta(minutes=5), Signal.QUEUE_DEPTH: 0.0},
            Tone.GOOD,
            f"Last good sync {when(NOW - timedelta(minutes=5))}; nothing is waiting.",
            id="within its tolerance is good",
        ),
        pytest.param(
            {Signal.ENABLED: False},
            Tone.BAD,
            "Its schedule, recipe or webhook is switched off.",
            id="switched off",
        ),
        pytest.param({Signal.FAILED: 1.0}, Tone.BAD, "1 record stands in error.", id="one failed"),
        pytest.param({Signal.FAILED: 3.0}, Tone.BAD, "3 records stand in error.", id="some failed"),
    ],
)
def test_where_it_stopped(signals, tone, text):
    assert (tone, text) in said(EvidenceKind.WHERE_STOPPED, facts(signals=signals))


@pytest.mark.parametrize(
    ("expires", "tone", "words"),
    [
        pytest.param(date(2026, 2, 27), Tone.BAD, "expired ", id="past its date is bad"),
        pytest.param(date(2026, 3, 2), Tone.BAD, "(today)", id="its last day is bad"),
        pytest.param(date(2026, 3, 5), Tone.BAD, "(in 3 d)", id="within a week is bad"),
        pytest.param(date(2026, 3, 20), Tone.NEUTRAL, "(in 18 d)", id="within a month is neutral"),
        pytest.param(date(2026, 9, 1), Tone.GOOD, "(in 183 d)", id="far away is good"),
        pytest.param(None, Tone.NEUTRAL, "no end date", id="without a date is neutral"),
    ],
)
def test_a_credential_shows_its_date_and_its_owner(expires, tone, words):
    secret = Credential(id="k", name="ERP app", kind="secret", owner="alice", expires=expires)
    seen = facts(replace(ORDERS, credentials=(secret,)))

    [line] = said(EvidenceKind.HEALTH_CREDENTIALS, seen)

    assert line[0] is tone
    assert line[1].startswith("Secret 'ERP app' ")
    assert words in line[1]
    assert f"owner {who('alice')}" in line[1]


def test_a_personal_login_is_called_by_its_name():
    login = Credential(id="k", name="Old login", identity=Identity.PERSONAL)
    seen = facts(replace(ORDERS, credentials=(login,)))

    assert said(EvidenceKind.HEALTH_CREDENTIALS, seen) == [
        (
            Tone.BAD,
            "Credential 'Old login' has no end date, owner nobody; it is a personal login.",
        )
    ]


def test_health_shows_whether_it_answers_what_it_said_and_what_expires():
    signals = {Signal.REACHABLE: False, Signal.EXPIRES_AT: NOW + timedelta(days=2)}
    seen = facts(signals=signals, check_errors=("odd ‹p:alice› refusal",))

    found = said(EvidenceKind.HEALTH_CREDENTIALS, seen)

    assert found[0] == (Tone.BAD, "The watched system does not answer.")
    assert found[1] == (
        Tone.BAD,
        "The check was told: “odd <p:alice> refusal” (no playbook entry knows it).",
    )
    assert found[2][0] is Tone.BAD
    assert f"ends {when(NOW + timedelta(days=2))}." in found[2][1]


def test_only_a_slow_answer_says_how_long_it_took():
    quick, late = (
        said(
            EvidenceKind.HEALTH_CREDENTIALS,
            facts(signals={Signal.REACHABLE: True, Signal.LATENCY: ms}),
        )[0][1]
        for ms in (420.0, 8700.0)
    )

    assert quick == "The watched system answers."
    assert late == "The watched system answers, but only after 9 s."


def test_changes_and_releases_stand_newest_first_with_their_distance_to_the_break():
    estate = replace(
        ESTATE,
        changes=(
            Change(connection="orders", at=BROKE - timedelta(days=2), what="New field", by="bob"),
            Change(connection="orders", at=BROKE - timedelta(days=20), what="Too old"),
            Change(connection="stock", at=BROKE - timedelta(days=1), what="Not ours"),
        ),
        releases=(Release(system="erp", version="25.1", at=BROKE - timedelta(hours=3)),),
    )
    seen = facts(
        catalogue=estate, observed=(Observed(at=BROKE - timedelta(days=1), what="v1 became v2"),)
    )

    texts = [text for _, text in said(EvidenceKind.CHANGES_RELEASES, seen, estate)]

    assert len(texts) == 3
    assert "3 h before the break: Business ERP release 25.1" in texts[0]
    assert "v1 became v2" in texts[1]
    assert f"“New field” by {who('bob')}, nobody approved it" in texts[2]


def test_a_quiet_fortnight_is_said_in_words():
    assert said(EvidenceKind.CHANGES_RELEASES, facts()) == [
        (Tone.NEUTRAL, "No change or release is recorded in the 14 days before.")
    ]


def test_error_types_say_what_a_text_means_and_whose_records_it_holds():
    group = FailedRecords(
        text="period closed <!channel>",
        count=3,
        oldest_at=BROKE,
        sample_ids=("SO-1", "SO-2", "SO-3", "SO-4"),
        amount=1250.5,
        currency="EUR",
    )

    spread, line = said(EvidenceKind.ERROR_TYPES, facts(failed=(group,)))

    assert spread == (
        Tone.NEUTRAL,
        "All 3 failed records carry the same text.",  # a closed period is no configuration
    )
    assert line == (
        Tone.BAD,
        "3 records: “period closed <!channel>” (period closed: The date falls into a closed "
        f"period); oldest since {when(BROKE)}; worth 1,250.50 EUR; for example SO-1, SO-2, SO-3.",
    )


def test_only_the_most_frequent_texts_are_listed_and_the_rest_is_counted():
    groups = tuple(FailedRecords(text=f"text {n}", count=n) for n in range(1, 8))

    texts = [text for _, text in said(EvidenceKind.ERROR_TYPES, facts(failed=groups))]

    assert texts[0].startswith("28 failed records with 7 different texts")
    assert texts[1].startswith("7 records: “text 7”")
    assert texts[-1] == "2 more texts on 3 records."


@pytest.mark.parametrize("mark", ["finance", "hr", "personal"])
def test_sensitive_connections_show_ids_and_counts_and_never_a_text_or_an_amount(mark):
    groups = (
        FailedRecords(
            text="period closed for salary 4321 of Charlie",
            count=2,
            sample_ids=("J-7",),
            amount=9.0,
        ),
        FailedRecords(text="odd text about Charlie", count=1),
    )
    seen = facts(
        replace(ORDERS, compliance=(mark,)), failed=groups, check_errors=("Charlie earns 4321",)
    )

    shown = " ".join(line.text for line in lines(seen, ESTATE, EvidenceKind, NOW))

    assert "Charlie" not in shown
    assert "4321" not in shown
    assert "9.00" not in shown
    assert "2 records: period closed: The date falls into a closed period" in shown
    assert "J-7" in shown
    assert "no playbook entry knows" in shown


@pytest.mark.parametrize(
    ("verdicts", "tone", "text"),
    [
        pytest.param(
            {"stock": "failing"},
            Tone.BAD,
            "1 of 1 other connection sharing Business ERP is in trouble too: Stock.",
            id="a sibling fails too",
        ),
        pytest.param(
            {"stock": "ok"},
            Tone.GOOD,
            "None of 1 other connection sharing Business ERP is in trouble.",
            id="the siblings are fine",
        ),
        pytest.param(
            {},
            Tone.NEUTRAL,
            "None of 1 other connection sharing Business ERP is in trouble "
            "(of them 1 could not be looked at).",
            id="a blind check clears nobody",
        ),
        pytest.param(
            {"stock": "degraded"},
            Tone.NEUTRAL,
            "None of 1 other connection sharing Business ERP is in trouble (of them 1 degraded).",
            id="a degraded one is not told as failing too",
        ),
    ],
)
def test_siblings_say_whether_they_share_the_trouble(verdicts, tone, text):
    assert said(EvidenceKind.NEIGHBOURS, facts(verdicts=verdicts)) == [(tone, text)]


def test_every_kind_says_something_even_when_nothing_is_known():
    alone = replace(ESTATE, connections={"orders": ORDERS})

    found = lines(facts(catalogue=alone), alone, EvidenceKind, NOW)

    assert {line.kind for line in found} == set(EvidenceKind)
    assert all(line.text.endswith(".") for line in found)


def test_an_unknown_kind_of_evidence_is_refused():
    with pytest.raises(ValueError, match="horoscope"):
        lines(facts(), ESTATE, ("horoscope",), NOW)


def test_every_line_renders_without_a_mark_left_over():
    signals = {Signal.LAST_SUCCESS: BROKE, Signal.LAST_ATTEMPT: NOW, Signal.RUNNING_SINCE: NOW}
    found = lines(facts(signals=signals), ESTATE, EvidenceKind, NOW)

    shown = [render(line.text, time=str, person=str) for line in found]

    assert not any("‹" in text or "›" in text for text in shown)
