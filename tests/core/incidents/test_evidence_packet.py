"""What leaves the company: enough to begin with, and nothing that must stay."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.estate.catalogue import Party
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import Lane
from bot.core.incidents.evidence_packet import LONGEST, EvidencePacket, RuledOut, packet
from bot.core.incidents.incident import Incident
from bot.core.monitoring.signals import FailedRecords, Signal
from bot.core.people.denial import Denial
from bot.core.triage.facts import Facts, Observed
from bot.language.redaction import redact
from tests.builders import DAY, HOUR, MINUTE, NOW, a_connection, a_person, an_estate, an_incident

VENDOR = Party(id="vendor", name="ShopLink", contract="Gold 7", covers="the connector")
SECRET = "hunter2hunter2"


def written(facts: Facts | None = None, *, compliance: tuple[str, ...] = (), **given: Any) -> str:
    return sent(an_incident(), facts, compliance=compliance, **given).body


def sent(
    incident: Incident,
    facts: Facts | None = None,
    *,
    compliance: tuple[str, ...] = (),
    zone: str = "UTC",
    **given: Any,
) -> EvidencePacket:
    connection = a_connection(compliance=compliance)
    facts = facts or Facts(connection=connection)
    estate = an_estate(connection, company="Story Ltd", timezone=zone)
    return packet(incident, facts, estate, lane=Lane.VENDOR, party=VENDOR, now=NOW, **given)


def full(compliance: tuple[str, ...] = ()) -> Facts:
    return Facts(
        connection=a_connection(compliance=compliance),
        failing_since=NOW - 5 * MINUTE,
        signals={
            Signal.LAST_SUCCESS: datetime(2027, 3, 1, 8, 30, tzinfo=UTC),
            Signal.QUEUE_DEPTH: 57.0,
            Signal.QUEUE_OLDEST: NOW - HOUR,
            Signal.VERSION: "24.1",
        },
        failed=(
            FailedRecords(
                text=f"HTTP 401 for jane.doe@customer.example, token={SECRET}",
                count=57,
                sample_ids=("SO-1001", "SO-1002"),
                amount=1234.5,
                currency="EUR",
            ),
        ),
        changes=(Change(connection="orders", at=NOW - DAY, what="Price mapping changed"),),
        releases=(Release(system="erp", version="25.0", at=NOW - 3 * HOUR),),
        observed=(Observed(at=NOW - 2 * HOUR, what="the served version changed"),),
    )


def test_it_says_what_a_counter_party_needs_to_begin() -> None:
    steps = [RuledOut(step="Symptom", seen="In the connector's queue")]

    text = written(full(), steps=steps, contact=a_person("bob"), due=NOW + 4 * HOUR)

    for part in (
        "Our reference: INC-1",
        "Shop orders (orders), Shop -> Erp",
        "Asked of: ShopLink (connector vendor)",
        "Contract: Gold 7; covers the connector",
        "answer by: 2027-03-01 13:00 UTC",
        "Failing since: 2027-03-01 08:55 UTC",
        "Last good sync: 2027-03-01 08:30 UTC",
        "57 records waiting or failed; the oldest for 1 h; worth 1,234.50 EUR",
        "record ids: SO-1001, SO-1002",
        "Symptom: In the connector's queue",
        "Erp release 25.0",
        "Price mapping changed",
        "Version served: 24.1",
        "Contact: Bob, bob@example.com, Story Ltd",
    ):
        assert part in text


@pytest.mark.parametrize("compliance", [(), ("finance",), ("hr",), ("personal",)])
def test_secrets_and_people_of_others_stay_here(compliance: tuple[str, ...]) -> None:
    text = written(full(compliance), compliance=compliance)

    assert SECRET not in text
    assert "jane.doe" not in text


def test_of_sensitive_data_only_ids_and_counts_leave() -> None:
    text = written(full(("personal",)), compliance=("personal",))

    assert "57 records" in text
    assert "SO-1001" in text
    assert "401" not in text
    assert "1,234" not in text


@given(noise=st.text(max_size=3000), ids=st.lists(st.text(max_size=80), max_size=8))
def test_it_always_fits_one_field_of_a_form(noise: str, ids: list[str]) -> None:
    failed = tuple(
        FailedRecords(text=f"{noise}{place}", count=place, sample_ids=tuple(ids))
        for place in range(9)
    )
    facts = Facts(connection=a_connection(), failed=failed, check_errors=(noise,) * 9)

    steps = [RuledOut(step=noise, seen=noise)] * 20
    assert len(written(facts, steps=steps)) <= LONGEST


@pytest.mark.parametrize(
    "text",
    [
        f"password={SECRET}",
        f'{{"client_secret": "{SECRET}"}}',
        f"Authorization: Bearer {SECRET}",
        f"https://user:{SECRET}@erp.example/api",
        f"x-api-key: {SECRET}",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
        f"sig={SECRET}&x=1",
    ],
)
def test_whatever_looks_like_a_secret_is_hidden(text: str) -> None:
    assert SECRET not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "IBAN NL91 ABNA 0417 1643 00 refused",
        "card 4111 1111 1111 1111 declined",
        "call +31 20 123 45 67",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        *(f"refused: {begin}{'A1' * 8}" for begin in ("whsec_", "github_pat_", "ghu_", "ASIA")),
    ],
)
def test_account_numbers_and_tokens_are_hidden(text: str) -> None:
    assert "[hidden]" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "HTTP 401 invalid_client AADSTS7000215: Invalid client secret provided",
        "ORA-00060: deadlock detected at 2027-03-01 08:55:12",
        "Sales order SO-2027-000123 line 10000: item 1896-S does not exist",
        "error code: 0x80040237, correlation 6f1e9c9a-1111-4a8e-9d35-0a2f3b4c5d6e",
    ],
)
def test_what_the_reader_needs_to_find_the_record_stays(text: str) -> None:
    assert redact(text) == text


PROSE = ["mapping screens and token handling", "basic monitoring", "bearer certificates"]


@pytest.mark.parametrize("said", PROSE)
def test_what_the_catalogue_and_the_runbooks_say_is_told_as_it_is(said: str) -> None:
    vendor = replace(VENDOR, name=said, contract=said, covers=said)
    connection = a_connection(name=said)
    estate = an_estate(connection, company=said)
    found = packet(
        an_incident(),
        Facts(connection=connection),
        estate,
        lane=Lane.VENDOR,
        party=vendor,
        steps=[RuledOut(step=said, seen=said)],
        contact=a_person("bob"),
        now=NOW,
    )

    assert found.body.count(said) == 7
    assert "[hidden]" not in found.body


@pytest.mark.parametrize("secret", [f"token {SECRET}", "Bearer AbCdEfGhIjKl", f"secret={SECRET}"])
def test_a_secret_is_hidden_wherever_it_stands(secret: str) -> None:
    for text in (redact(secret), redact(secret, ours=True)):
        assert secret.split(" ")[-1].split("=")[-1] not in text


def test_every_text_of_a_drill_says_so_before_all_else() -> None:
    found = sent(an_incident(drill=True))

    assert found.subject.startswith("DRILL: ")
    assert found.body.startswith("DRILL: ")


def test_times_are_those_of_our_contact_with_utc_for_the_other_side() -> None:
    paris = replace(a_person("bob"), timezone="Europe/Paris")
    late = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
    facts = replace(full(), signals={Signal.LAST_SUCCESS: late})

    text = written(facts, contact=paris, due=NOW + 4 * HOUR)

    assert "We expect your answer by: 2027-03-01 14:00 CET (13:00 UTC)" in text
    assert "Last good sync: 2027-03-02 00:30 CET (2027-03-01 23:30 UTC)" in text
    assert "‹" not in text
    assert "2027-03-01 07:00 CET (06:00 UTC) Erp release 25.0" in text


DECLARED: dict[str, Any] = {
    "detected_by": "charlie",
    "failing_since": NOW - 2 * HOUR,
    "opened_at": NOW - HOUR,
    "seen_failing": False,
    "symptoms": (f"no orders since lunch, token={SECRET}",),
}
RAN: dict[str, Any] = {"recovered_at": NOW - MINUTE, "seen_failing": False}
TOLD = (
    "Failing since, as we were told: 2027-03-01 07:00 UTC (for 2 h)\nReported to us: 2027-03-01 08"
)


@pytest.mark.parametrize(
    ("changes", "said", "title"),
    [
        ({}, "Failing since: 2027-03-01 08:55 UTC (for 5 min)\nLast", "is failing"),
        (RAN, "Failed: from 2027-03-01 08:55 UTC to 2027-03-01 08:59 UTC\nLast", "failed"),
        (DECLARED, f"{TOLD}:00 UTC\nOur checks see no failure.\nLast", "is reported broken"),
        (
            {**DECLARED, "seen_failing": True},
            f"{TOLD}:00 UTC\nOur checks see it fail too.\nLast",
            "is failing",
        ),
        (
            {**DECLARED, "failing_since": NOW - HOUR},
            "\n\nReported to us: 2027-03-01 08:00 UTC\nOur checks see no failure.\nLast",
            "is reported broken",
        ),
        (
            {**RAN, "denied": (Denial(connection="orders", by="x", why="half", at=NOW),)},
            "Failed: from",
            "runs again with wrong data",
        ),
    ],
)
def test_what_people_told_is_no_finding_of_the_checks(
    changes: dict[str, Any], said: str, title: str
) -> None:
    found = sent(an_incident(**changes))

    assert said in found.body
    assert found.subject.endswith(f"Shop orders {title}")


@pytest.mark.parametrize("compliance", [(), ("hr",)])
def test_what_people_saw_is_told_without_secrets_and_not_of_sensitive_data(
    compliance: tuple[str, ...],
) -> None:
    wrong = Denial(connection="orders", by="dora", why="half are missing", at=NOW)
    incident = an_incident(**DECLARED, denied=(wrong,))
    body = sent(incident, compliance=compliance).body

    assert SECRET not in body
    assert ('- "no orders since lunch, token=[hidden]"' in body) == (not compliance)
    assert ('the data of Shop orders is wrong: "half are missing"' in body) == (not compliance)
    assert ("not show, to protect data" in body) == bool(compliance)


def test_without_a_contact_the_times_are_the_companys() -> None:
    body = sent(an_incident(**DECLARED), zone="Europe/Amsterdam").body

    assert "as we were told: 2027-03-01 08:00 CET (07:00 UTC)" in body
    assert body.count(" CET (") == body.count(" UTC)")
