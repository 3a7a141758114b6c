"""The retry gate: what the five answers allow, and whose word it takes."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.estate.catalogue import Catalogue, Connection, Owners
from bot.core.estate.lane import Lane, Layer
from bot.core.monitoring.signals import Cause, FailedRecords
from bot.core.runbooks.lint import check_runbook
from bot.core.runbooks.retry import (
    Questions,
    approval_step,
    gate,
    questions,
    retry_advice,
    retry_of,
    strictest,
    told,
)
from bot.core.runbooks.runbook import Progress, Runbook, give, may_answer
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry, by_text_alone
from bot.core.triage.required_words import Pattern
from bot.language.marks import who
from tests.builders import gathered

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STOCK = Connection(
    id="stock",
    name="Stock",
    source="erp",
    target="shop",
    entities=("stock levels",),
    owners=Owners(technical="bob", functional="alice"),
)
BILLS = replace(STOCK, entities=("invoices",))


def entry(name: str, retry: Retry, kind: ErrorClass = ErrorClass.CONNECTIVITY) -> PlaybookEntry:
    return PlaybookEntry(
        id=name,
        systems=("transport",),
        pattern=Pattern(name),
        error_class=kind,
        meaning="Meaning.",
        first_check="Check.",
        fix="Fix.",
        retry=retry,
        lane=Lane.IT,
        layer=Layer.TECHNICAL,
        source="",
        grade="B",
        sample=name,
    )


BOOK = Playbook(
    entries=(
        entry("refused", Retry.SAFE),
        entry("lost", Retry.LOOK_UP_FIRST),
        entry("period", Retry.AFTER_FIX, ErrorClass.PERIOD_CLOSED),
    )
)


def facts(
    connection: Connection, text: str, *, since: datetime = NOW - timedelta(hours=1)
) -> Facts:
    failed = (FailedRecords(text=text, count=3),)
    return gathered(connection, Catalogue(), BOOK, now=NOW, failing_since=since, failed=failed)


@pytest.mark.parametrize(
    ("asked", "base", "retry", "approver"),
    [
        pytest.param(Questions(accepted=False), Retry.SAFE, Retry.SAFE, None, id="nothing taken"),
        pytest.param(Questions(accepted=False), Retry.WAIT, Retry.WAIT, None, id="wait, then send"),
        pytest.param(
            Questions(accepted=True),
            Retry.SAFE,
            Retry.NEVER,
            Layer.FUNCTIONAL,
            id="what was accepted is never sent again",
        ),
        pytest.param(
            Questions(),
            Retry.SAFE,
            Retry.LOOK_UP_FIRST,
            Layer.FUNCTIONAL,
            id="an unknown outcome is looked up first",
        ),
        pytest.param(
            Questions(keyed=True),
            Retry.LOOK_UP_FIRST,
            Retry.SAFE,
            None,
            id="an enforced key makes an unknown outcome safe",
        ),
        pytest.param(
            Questions(keyed=True, money=True),
            Retry.LOOK_UP_FIRST,
            Retry.SAFE,
            Layer.FUNCTIONAL,
            id="money takes a word even with a key",
        ),
        pytest.param(
            Questions(accepted=False, shifts="Another period."),
            Retry.AFTER_FIX,
            Retry.AFTER_FIX,
            Layer.FUNCTIONAL,
            id="another date takes a word",
        ),
    ],
)
def test_the_five_answers_decide(asked, base, retry, approver):
    advice = gate(asked, base)

    assert (advice.retry, advice.approver) == (retry, approver)


def test_every_answer_that_matters_is_said_as_a_reason():
    asked = Questions(money=True, ordered=True, shifts="Another period.")

    reasons = " ".join(gate(asked, Retry.SAFE).reasons)

    assert all(word in reasons for word in ("Nobody knows", "money", "order", "Another period"))


@pytest.mark.parametrize(
    ("connection", "text", "since", "word"),
    [
        pytest.param(BILLS, "period", NOW - timedelta(hours=1), "another date", id="period closed"),
        pytest.param(
            BILLS, "refused", datetime(2026, 2, 27, tzinfo=UTC), "another period", id="month turned"
        ),
        pytest.param(
            STOCK, "refused", NOW - timedelta(days=1), "overwrite newer", id="old stock levels"
        ),
        pytest.param(STOCK, "refused", NOW - timedelta(hours=1), "", id="fresh stock levels"),
    ],
)
def test_what_a_late_resend_would_carry_along_is_noticed(connection, text, since, word):
    shifts = questions(facts(connection, text, since=since), connection, NOW).shifts

    assert word in shifts
    assert bool(shifts) == bool(word)


@pytest.mark.parametrize("text", ["refused", "period", "gibberish", "lost"])
@pytest.mark.parametrize("before", list(Retry))
def test_what_was_once_in_doubt_stays_so_whatever_is_said_later(before, text):
    now = facts(BILLS, text)
    later = replace(now, doubt=before)

    assert retry_of(later) is strictest(before, retry_of(now))
    advice = retry_advice(later, BILLS, NOW)
    assert (
        before in (Retry.SAFE, Retry.WAIT, Retry.AFTER_FIX) or "nothing was accepted" not in advice
    )


@pytest.mark.parametrize("cause", list(Cause))
def test_a_call_of_our_own_promises_nothing_about_the_records(cause):
    ours = gathered(
        STOCK, Catalogue(), BOOK, now=NOW, check_errors=("refused",), calls={"refused": cause}
    )

    assert told(ours) is None
    assert "nothing was accepted" not in retry_advice(ours, STOCK, NOW)
    assert gate(questions(ours, STOCK, NOW), retry_of(ours)).approver is Layer.FUNCTIONAL


def test_dependent_records_are_sent_in_their_order():
    chained = replace(BILLS, entities=("purchase orders", "invoices"))

    assert questions(facts(chained, "refused"), chained, NOW).ordered
    assert not questions(facts(BILLS, "refused"), BILLS, NOW).ordered


def test_a_documented_key_makes_a_lost_answer_safe_to_repeat():
    keyed = replace(STOCK, pattern="idempotent upsert by external id")

    assert "same key" in retry_advice(facts(keyed, "lost"), keyed, NOW)
    assert "Look each record up" in retry_advice(facts(STOCK, "lost"), STOCK, NOW)


def test_the_approval_is_a_sound_step_that_only_the_functional_owner_may_give():
    advice = gate(questions(facts(BILLS, "lost"), BILLS, NOW), Retry.LOOK_UP_FIRST)

    step = approval_step(advice, to="send", otherwise="They stay where they are.")

    assert step is not None
    last = replace(step, id="send", answers=tuple(replace(a, to=None) for a in step.answers))
    last = replace(last, answers=tuple(replace(a, because="Sent.") for a in last.answers))
    book = Runbook(id="b", name="B", summary="S", steps=(step, last))
    assert check_runbook(book) == ()
    with pytest.raises(Exception, match=re.escape(who("alice"))):
        may_answer(step, "yes", owners=BILLS.owners, by="bob")
    may_answer(step, "yes", owners=BILLS.owners, by="alice")
    given = give(book, Progress(runbook="b"), step=step.id, answer="yes", by="alice", now=NOW)
    assert given.given[0].by == "alice"


def test_a_harmless_resend_needs_no_step():
    advice = gate(Questions(accepted=False), Retry.SAFE)

    assert approval_step(advice, to="send", otherwise="No.") is None


@pytest.mark.parametrize("retry", Retry)
def test_an_error_text_alone_promises_nothing_that_the_gate_may_refuse(retry: Retry) -> None:
    said = by_text_alone(retry)

    assert ("functional owner says yes first" in said) is (retry is not Retry.NEVER)
