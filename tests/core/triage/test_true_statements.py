"""What a card claims is held against what is known: releases, credentials, the last success."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.core.estate.catalogue import Build, Credential
from bot.core.estate.history import Change, Release
from bot.core.monitoring.flapping import LastGood, Witness, in_order
from bot.core.monitoring.signals import Signal
from bot.core.runbooks.evidence import Tone, lines
from bot.core.runbooks.runbook import EvidenceKind
from bot.core.triage.error_class import likely_class
from bot.core.triage.facts import Facts, LaneFactKind, Observed
from bot.core.triage.lane_rules import NETWORK, RELEASE, SAME_CREDENTIAL
from bot.core.triage.playbook import ErrorClass, Playbook
from bot.core.triage.suggest import Suggestion, suggest
from bot.language.marks import when
from tests.builders import gathered
from tests.core.incidents.test_evidence_packet import written
from tests.core.triage.test_suggest import BOOK, BROKE, ESTATE, HOUR, NOW, ORDERS, entry, failed

MINUTE = timedelta(minutes=1)
RELEASED = BROKE - 3 * HOUR
ENDED = replace(entry("secret-ended", ErrorClass.CREDENTIALS), ended=True)
WRONG = entry("secret-wrong", ErrorClass.CREDENTIALS)
OVER = replace(entry("certificate-over", ErrorClass.CERTIFICATE), ended=True)
SECRETS = Playbook(entries=(ENDED, WRONG, OVER, *BOOK.entries))


def known(connection=ORDERS, estate=ESTATE, **more) -> Facts:
    return gathered(connection, estate, SECRETS, now=NOW, failing_since=BROKE, **more)


def worked(at: datetime | None) -> dict:
    return {"signals": {Signal.LAST_SUCCESS: at}} if at else {}


def after(kind: str, at: datetime, good: datetime | None) -> tuple[Facts, Suggestion]:
    """An estate in which one thing happened before the break, and what is suggested."""
    estate, seen = ESTATE, ()
    if kind == "release":
        estate = replace(ESTATE, releases=(Release(system="erp", version="27.1", at=at),))
    elif kind == "change":
        made = Change(connection="orders", at=at, what="mapping", by="bob")
        estate = replace(ESTATE, changes=(made,))
    else:
        seen = (Observed(at=at, what="something", kind=LaneFactKind(kind)),)
    facts = known(estate=estate, observed=seen, **worked(good))
    return facts, suggest(facts, ORDERS, estate, NOW)


@pytest.mark.parametrize("kind", ["release", "version"])
@pytest.mark.parametrize(
    "good", [RELEASED + MINUTE, BROKE - MINUTE, BROKE, BROKE + MINUTE, NOW - MINUTE]
)
def test_an_update_that_something_outlived_argues_for_nobody(kind, good):
    _, said = after(kind, RELEASED, good)

    assert RELEASE not in {vote.rule for vote in said.votes}
    assert not any(when(RELEASED) in reason for reason in said.reasons)


@pytest.mark.parametrize("kind", ["release", "version"])
def test_an_update_that_nothing_outlived_says_so_and_one_without_record_claims_nothing(kind):
    _, since = after(kind, RELEASED, RELEASED - MINUTE)
    _, unknown = after(kind, RELEASED, None)

    assert any("3 h before the break, and nothing has worked since." in r for r in since.reasons)
    assert any("3 h before the break." in reason for reason in unknown.reasons)
    assert not any("since" in reason for reason in unknown.reasons)


@pytest.mark.parametrize("kind", ["change", "renewal"])
def test_what_one_of_us_did_is_told_with_the_time_until_which_it_still_worked(kind):
    good = BROKE - MINUTE
    _, said = after(kind, RELEASED, good)
    _, broke = after(kind, RELEASED, RELEASED - MINUTE)

    told = [reason for reason in (*said.reasons, *broke.reasons) if when(RELEASED) in reason]
    assert not any("still worked" in reason for reason in broke.reasons)
    assert not said.confident
    assert any("still worked" in reason for reason in told) or said.lane is not broke.lane


@pytest.mark.parametrize("kind", ["release", "version", "change", "renewal"])
def test_the_evidence_of_a_step_marks_nothing_as_trouble_that_something_outlived(kind):
    good = BROKE - MINUTE
    for success, tone in ((good, Tone.NEUTRAL), (RELEASED - MINUTE, Tone.BAD)):
        facts, _ = after(kind, RELEASED, success)
        (line,) = lines(facts, ESTATE, (EvidenceKind.CHANGES_RELEASES,), NOW)

        assert line.tone is tone
        assert (f"it still worked until {when(good)}" in line.text) is (tone is Tone.NEUTRAL)


def with_secret(expires: date, kind: str = "client-secret"):
    secret = Credential(id="key", name="ERP key", kind=kind, owner="bob", expires=expires)
    return replace(ORDERS, credentials=(secret,))


def credential_line(connection, **more):
    facts = known(connection, **more)
    found = lines(facts, ESTATE, (EvidenceKind.HEALTH_CREDENTIALS,), NOW)
    (line,) = [one for one in found if "ERP key" in one.text]
    return line, suggest(facts, connection, ESTATE, NOW)


LATER, BEFORE = (NOW + 400 * 24 * HOUR).date(), (NOW - 10 * 24 * HOUR).date()


def test_a_register_that_contradicts_the_error_is_a_finding_and_never_a_tick():
    line, said = credential_line(with_secret(LATER), failed=failed("secret-ended"))

    assert line.tone is Tone.BAD
    assert "the error says that it has ended" in line.text
    assert "the register is wrong, or another one is meant" in line.text
    assert any("the register is wrong" in reason for reason in said.reasons)


@pytest.mark.parametrize("text", ["secret-ended", "secret-wrong", "certificate-over"])
@pytest.mark.parametrize("kind", ["", "client-secret", "certificate"])
def test_no_credential_has_a_tick_while_one_like_it_is_refused(text, kind):
    line, _ = credential_line(with_secret(LATER, kind), failed=failed(text))

    about_another = (text, kind) == ("certificate-over", "client-secret")
    assert line.tone is (Tone.GOOD if about_another else Tone.BAD)
    assert ("yet the login is refused" in line.text) is (
        text == "secret-wrong" or (text, kind) == ("secret-ended", "certificate")
    )


def test_a_credential_that_was_used_after_its_date_is_no_cause_but_a_wrong_register():
    connection = with_secret(BEFORE)
    facts = known(connection, **worked(BROKE - MINUTE))
    line, said = credential_line(connection, **worked(BROKE - MINUTE))

    assert line.tone is Tone.BAD
    assert "the register is wrong" in line.text
    assert not any("past its date" in reason for reason in said.reasons)
    assert likely_class(facts, NOW) is not ErrorClass.CREDENTIALS
    ended = known(connection, **worked(NOW - 11 * 24 * HOUR))
    assert likely_class(ended, NOW) is ErrorClass.CREDENTIALS


STALLED = LastGood(witness=Witness.SYNC, at=BROKE - MINUTE, doubted=True)
PINGS = LastGood(witness=Witness.JOB, at=NOW)


def test_a_job_that_pings_never_stands_for_records_that_do_not_move():
    facts = known(witnesses=in_order((PINGS, STALLED)))
    first, second = lines(facts, ESTATE, (EvidenceKind.WHERE_STOPPED,), NOW)
    body = written(facts)

    assert facts.last_success == STALLED.at
    assert (first.tone, second.tone) == (Tone.BAD, Tone.NEUTRAL)
    assert first.text.startswith(f"Last good sync {when(STALLED.at)}")
    assert second.text.startswith(f"Last good run of its job {when(PINGS.at)}")
    assert "Last good sync: " in body
    assert "Last good run of its job: " in body


@pytest.mark.parametrize(
    ("seen", "first"),
    [
        ((PINGS, STALLED), STALLED),
        ((STALLED, replace(PINGS, at=BROKE - HOUR)), STALLED),
        ((replace(STALLED, doubted=False), PINGS), replace(STALLED, doubted=False)),
        ((replace(STALLED, doubted=False), replace(PINGS, doubted=True)), None),
        ((STALLED, replace(STALLED, at=BROKE - HOUR)), replace(STALLED, at=BROKE - HOUR)),
    ],
)
def test_the_success_that_counts_is_of_the_check_that_fails_else_of_the_records(seen, first):
    found = in_order(seen)

    assert found[0] == (first or replace(PINGS, doubted=True))
    assert len({one.witness for one in found}) == len(found)


def test_a_sign_of_life_is_no_success():
    facts = known(signals={Signal.HEARTBEAT: NOW})
    first, second = lines(facts, ESTATE, (EvidenceKind.WHERE_STOPPED,), NOW)

    assert facts.last_success is None
    assert first.text == "No good sync is on record."
    assert second.text.startswith("Last sign of life")


@pytest.mark.parametrize(
    ("kinds", "network"),
    [
        ({}, True),
        ({"bills": "connectivity", "posts": ""}, True),
        ({"bills": "master_data", "posts": "period_closed"}, False),
        ({"bills": "connectivity", "posts": "credentials"}, False),
    ],
)
def test_what_fails_for_a_cause_of_its_own_says_nothing_of_the_network(kinds, network):
    facts = known(verdicts={"bills": "failing", "posts": "failing"}, kinds=kinds)

    rules = {vote.rule for vote in suggest(facts, ORDERS, ESTATE, NOW).votes}

    assert (NETWORK in rules) is network


def test_a_login_that_others_share_does_not_explain_a_fault_in_the_data():
    secret = Credential(id="key", name="ERP key")
    connection = replace(ORDERS, credentials=(secret,))
    shared = replace(secret, same_as="orders/key")
    other = replace(ESTATE.connections["bills"], credentials=(shared,))
    estate = replace(
        ESTATE, connections={**ESTATE.connections, "orders": connection, "bills": other}
    )
    for text, blamed in (("period-shut", False), ("refused", True)):
        facts = known(connection, estate, failed=failed(text), verdicts={"bills": "failing"})
        rules = {vote.rule for vote in suggest(facts, connection, estate, NOW).votes}

        assert (SAME_CREDENTIAL in rules) is blamed


def test_what_nobody_recorded_is_no_reason():
    connection = replace(ORDERS, build=Build.UNKNOWN, maintained_by=None)

    said = suggest(known(connection), connection, ESTATE, NOW)

    assert said.reasons == ("No evidence points to a lane yet; start with internal IT / partner.",)
