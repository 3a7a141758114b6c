"""The kinds of runbook steps, their time limits, and the runbook to begin with."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.estate.catalogue import Catalogue, Connection, Owners
from bot.core.estate.lane import Lane, Layer
from bot.core.monitoring.signals import FailedRecords, Signal
from bot.core.runbooks.choice import choose, stale
from bot.core.runbooks.lint import check_runbook, loops, mermaid
from bot.core.runbooks.runbook import (
    EvidenceKind,
    Progress,
    Runbook,
    Step,
    StepAnswer,
    asked_since,
    current_step,
    give,
    late_by,
    may_answer,
    skip,
)
from bot.core.runbooks.step_kinds import (
    DeedKind,
    Field,
    FieldKind,
    StepDeed,
    StepKind,
    Wait,
    WaitSignal,
)
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry
from bot.core.triage.required_words import Pattern
from bot.language.errors import Refused
from bot.language.marks import who
from tests.builders import gathered

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
END = StepAnswer(id="end", label="End", because="It ends.")
NOTE = Step(
    id="note",
    title="Note",
    ask="Write it down.",
    why="To know.",
    kind=StepKind.FORM,
    fields=(
        Field(id="what", label="What"),
        Field(id="count", label="How many", kind=FieldKind.NUMBER, required=False),
    ),
    answers=(StepAnswer(id="written", label="Written", to="word"),),
)
WORD = Step(
    id="word",
    title="Word",
    ask="May we?",
    why="Somebody must say so.",
    kind=StepKind.APPROVAL,
    approver=Layer.FUNCTIONAL,
    within=HOUR,
    answers=(
        StepAnswer(id="yes", label="Yes", to="settle", approves=True),
        StepAnswer(id="no", label="No", because="No."),
    ),
)
SETTLE = Step(
    id="settle",
    title="Settle",
    ask="Wait for it.",
    why="It may mend itself.",
    kind=StepKind.WAIT,
    wait=Wait(span=HOUR, signal=WaitSignal.SYNCED, then="end"),
    answers=(END, replace(END, id="other")),
)
BOOK = Runbook(id="book", name="Book", summary="All kinds.", steps=(NOTE, WORD, SETTLE))
EMPTY = Progress(runbook="book")
OWNERS = Owners(technical="bob", functional="alice")


def written(**values: str) -> Progress:
    return give(BOOK, EMPTY, step="note", answer="written", by="bob", now=NOON, values=values)


def test_a_form_keeps_what_was_written_and_asks_for_what_is_missing():
    progress = written(what=" 12 orders ", count="1,200", other="not a field")

    assert progress.given[0].values == (("what", "12 orders"), ("count", "1,200"))
    with pytest.raises(Refused, match="fill in “What”"):
        written(count="3")
    with pytest.raises(Refused, match="“How many” is a number"):
        written(what="it", count="many")


def test_a_form_may_be_skipped_with_a_reason_and_an_approval_may_not():
    after = skip(BOOK, EMPTY, step="note", by="bob", now=NOON, reason="no time")

    assert current_step(BOOK, after) == WORD
    with pytest.raises(Refused, match="cannot be skipped"):
        skip(BOOK, after, step="word", by="bob", now=NOON, reason="no time")


def test_only_the_named_owner_approves_and_anybody_may_say_that_it_is_missing():
    may_answer(WORD, "yes", owners=OWNERS, by="alice")
    may_answer(WORD, "no", owners=OWNERS, by="charlie")

    with pytest.raises(Refused, match=re.escape(who("alice"))):
        may_answer(WORD, "yes", owners=OWNERS, by="charlie")
    with pytest.raises(Refused, match="No functional owner is named"):
        may_answer(WORD, "yes", owners=Owners(technical="bob"), by="bob")


@pytest.mark.parametrize(
    ("after", "recovered", "success", "why"),
    [
        pytest.param(timedelta(minutes=5), False, None, "", id="too early"),
        pytest.param(HOUR, False, None, "time has passed", id="the time has passed"),
        pytest.param(timedelta(minutes=5), False, 2, "good sync", id="a sync came"),
        pytest.param(timedelta(minutes=5), False, -2, "", id="an older sync does not count"),
        pytest.param(timedelta(minutes=5), True, None, "", id="another signal does not count"),
    ],
)
def test_a_wait_ends_with_its_time_or_its_signal(after, recovered, success, why):
    good = NOON + timedelta(minutes=success) if success else None

    over = SETTLE.wait.over(NOON, NOON + after, recovered=recovered, last_success=good)

    assert why in over
    assert bool(over) == bool(why)


def test_a_step_is_late_from_the_moment_it_was_reached():
    progress = written(what="it")

    since = asked_since(BOOK, progress, started=NOON - HOUR)

    assert since == NOON
    assert asked_since(BOOK, EMPTY, started=NOON - HOUR) == NOON - HOUR
    assert late_by(WORD, since=since, now=NOON + HOUR) is None
    assert late_by(WORD, since=since, now=NOON + 2 * HOUR) == HOUR
    assert late_by(NOTE, since=since, now=NOON + 9 * HOUR) is None


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (replace(NOTE, fields=()), "a form needs `fields`"),
        (replace(NOTE, kind=StepKind.INSTRUCTION), "`fields` belongs to a form"),
        (replace(WORD, approver=None), "an approval needs `approver`"),
        (replace(WORD, answers=(END, replace(END, id="b"))), "one answer with `approves: true`"),
        (replace(SETTLE, wait=None), "a wait needs `wait`"),
        (replace(SETTLE, wait=Wait(then="end")), "a time (`for`), a `signal`, or both"),
        (replace(SETTLE, wait=Wait(then="lost", span=HOUR)), "the answer 'lost'"),
        (replace(SETTLE, answers=(END,)), "a wait needs at least two answers"),
        (Step(id="s", title="S", ask="?", why="", kind=StepKind.ACTION), "action needs `action`"),
        (
            replace(NOTE, kind=StepKind.ACTION, fields=(), deed=StepDeed(kind=DeedKind.WEBHOOK)),
            "a webhook needs the name",
        ),
        (replace(NOTE, kind=StepKind.EVIDENCE, fields=()), "an evidence step needs `evidence`"),
    ],
)
def test_a_step_that_lacks_its_part_is_a_mistake(step, message):
    book = Runbook(id="b", name="B", summary="S", steps=(step,))

    messages = [flaw.message for flaw in check_runbook(book)]

    assert any(message in item for item in messages), messages


def test_a_runbook_of_all_kinds_is_sound_and_its_picture_tells_them_apart():
    picture = mermaid(BOOK)

    assert check_runbook(BOOK) == ()
    assert 's0[["Write it down."]]' in picture
    assert 's1{{"May we?"}}' in picture
    assert 's2(("Wait for it."))' in picture


def test_an_instruction_and_shown_evidence_need_one_answer_only():
    shown = Step(
        id="look",
        title="Look",
        ask="Look at this.",
        why="",
        kind=StepKind.EVIDENCE,
        evidence=(EvidenceKind.NEIGHBOURS,),
        answers=(END,),
    )

    assert check_runbook(Runbook(id="b", name="B", summary="S", steps=(shown,))) == ()


def leading(name: str, *to: str) -> Runbook:
    answers = tuple(StepAnswer(id=f"a-{t}", label=t, because="On.", runbook=t) for t in to)
    steps = (Step(id="s", title="S", ask="?", why="", answers=(END, *answers)),)
    return Runbook(id=name, name=name, summary="S", steps=steps)


def test_runbooks_that_lead_in_a_circle_are_named_once():
    books = {book.id: book for book in (leading("a", "b"), leading("b", "c"), leading("c", "a"))}

    assert loops(books) == (("a", "b", "c", "a"),)
    assert loops({**books, "c": leading("c")}) == ()


CLOSED = PlaybookEntry(
    id="closed",
    systems=("transport",),
    pattern=Pattern("period closed"),
    error_class=ErrorClass.PERIOD_CLOSED,
    meaning="M.",
    first_check="C.",
    fix="F.",
    retry=Retry.AFTER_FIX,
    lane=Lane.IT,
    layer=Layer.FUNCTIONAL,
    source="",
    grade="B",
    sample="period closed",
)
BOOKS = {
    "generic": leading("generic"),
    "money": replace(leading("money"), classes=(ErrorClass.PERIOD_CLOSED,)),
    "quiet": replace(leading("quiet"), classes=(ErrorClass.UNKNOWN,)),
    "queue": replace(leading("queue"), classes=(ErrorClass.BACKLOG,)),
}
ORDERS = Connection(id="orders", name="Orders", source="shop", target="erp")


def known(connection: Connection = ORDERS, **seen) -> Facts:
    return gathered(connection, Catalogue(), Playbook(entries=(CLOSED,)), now=NOON, **seen)


@pytest.mark.parametrize(
    ("facts", "runbook", "why"),
    [
        pytest.param(
            known(failed=(FailedRecords(text="period closed", count=2),)),
            "money",
            "period closed error",
            id="by the class of the error",
        ),
        pytest.param(known(), "quiet", "no check shows", id="silence has a runbook of its own"),
        pytest.param(
            known(
                signals={
                    Signal.QUEUE_DEPTH: 400.0,
                    Signal.QUEUE_OLDEST: NOON - timedelta(hours=3),
                }
            ),
            "queue",
            "records wait",
            id="a queue that gets old",
        ),
        pytest.param(
            known(
                signals={
                    Signal.QUEUE_DEPTH: 5.0,
                    Signal.QUEUE_OLDEST: NOON - timedelta(seconds=7),
                }
            ),
            "quiet",
            "no check shows an error text",
            id="a few records that wait for the next run are no backlog",
        ),
        pytest.param(
            known(check_errors=("gibberish",)), "generic", "nothing points", id="an unknown text"
        ),
        pytest.param(
            known(replace(ORDERS, runbook="queue"), check_errors=("period closed",)),
            "queue",
            "the connection names it",
            id="what the connection names goes first",
        ),
        pytest.param(
            known(replace(ORDERS, runbook="lost")),
            "quiet",
            "no check shows",
            id="a lost name is no name",
        ),
    ],
)
def test_a_break_begins_with_the_runbook_made_for_it(facts, runbook, why):
    choice = choose(BOOKS, facts, NOON)

    assert choice.runbook == runbook
    assert why in choice.why


def test_a_runbook_nobody_used_or_confirmed_is_stale_the_longest_neglected_first():
    books = {
        "used": leading("used"),
        "read": replace(leading("read"), confirmed=date(2026, 2, 20)),
        "old": replace(leading("old"), confirmed=date(2025, 1, 1)),
        "never": leading("never"),
    }
    last = {"used": NOON - HOUR, "old": NOON - timedelta(days=300)}

    found = stale(books, last, now=NOON, after=timedelta(days=180))

    assert [item.runbook for item in found] == ["never", "old"]
    assert "never" in found[0].words
    assert "300 d ago" in found[1].words
