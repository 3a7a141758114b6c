"""Runbooks: what is asked next, what stands, what was taken back, and what is wrong in a file."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import strategies

from bot.core.estate.lane import Lane, Layer
from bot.core.runbooks.lint import check_runbook, mermaid
from bot.core.runbooks.runbook import (
    Progress,
    Runbook,
    Step,
    StepAnswer,
    current_step,
    give,
    outcome,
    path,
    reopen,
    skip,
)
from bot.language.errors import NotFound, Refused
from bot.language.marks import when, who

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALICE, BOB = "alice", "bob"


def step(name: str, *answers: StepAnswer) -> Step:
    return Step(id=name, title=name.title(), ask=f"{name}?", why="because", answers=answers)


BOOK = Runbook(
    id="book",
    name="Book",
    summary="Two questions.",
    steps=(
        step(
            "health",
            StepAnswer(id="down", label="It is down", to="others"),
            StepAnswer(id="fine", label="It is fine", because="Nothing is broken."),
            StepAnswer(id="login", label="Refused", runbook="keys", because="It is a key."),
        ),
        step(
            "others",
            StepAnswer(id="yes", label="Yes", lane=Lane.PUBLISHER, because="All are down."),
            StepAnswer(
                id="no", label="No", lane=Lane.IT, layer=Layer.TECHNICAL, because="Only us."
            ),
        ),
    ),
)
EMPTY = Progress(runbook="book")


def answered(*pairs: tuple[str, str]) -> Progress:
    progress = EMPTY
    for name, answer in pairs:
        progress = give(BOOK, progress, step=name, answer=answer, by=BOB, now=NOON)
    return progress


@pytest.mark.parametrize(
    ("given", "asked", "lane", "next_book"),
    [
        pytest.param((), "health", None, None, id="the first step of the file opens"),
        pytest.param((("health", "down"),), "others", None, None, id="an answer branches"),
        pytest.param(
            (("health", "down"), ("others", "yes")),
            None,
            Lane.PUBLISHER,
            None,
            id="an end names its lane",
        ),
        pytest.param((("health", "fine"),), None, None, None, id="an end may need nobody"),
        pytest.param((("health", "login"),), None, None, "keys", id="an end may change runbook"),
        pytest.param((("health", "skip"),), "others", None, None, id="a skipped step leads on"),
        pytest.param(
            (("health", "skip"), ("others", "skip")), None, None, None, id="all may be skipped"
        ),
    ],
)
def test_answers_lead_to_the_next_question_or_an_outcome(given, asked, lane, next_book):
    progress = answered(*given)

    now_asked, end = current_step(BOOK, progress), outcome(BOOK, progress)

    assert (now_asked.id if now_asked else None) == asked
    assert (end.lane if end else None) == lane
    assert (end.runbook if end else None) == next_book


def test_the_outcome_carries_the_reason_of_the_last_answer():
    end = outcome(BOOK, answered(("health", "down"), ("others", "no")))

    assert end is not None
    assert (end.layer, end.because) == (Layer.TECHNICAL, "Only us.")


def test_the_same_answer_clicked_twice_changes_nothing():
    progress = answered(("health", "down"))

    again = give(
        BOOK, progress, step="health", answer="down", by=ALICE, now=NOON + timedelta(minutes=1)
    )

    assert again is progress


def test_another_answer_to_an_answered_step_names_who_answered_and_when():
    progress = answered(("health", "down"))

    with pytest.raises(Refused) as refused:
        give(BOOK, progress, step="health", answer="fine", by=ALICE, now=NOON)

    assert who(BOB) in str(refused.value)
    assert when(NOON) in str(refused.value)
    assert "It is down" in str(refused.value)


@pytest.mark.parametrize(
    ("step_id", "answer", "error"),
    [
        pytest.param("others", "yes", Refused, id="a step that is not asked yet is refused"),
        pytest.param("health", "maybe", NotFound, id="an unknown answer is not found"),
        pytest.param("nowhere", "yes", NotFound, id="an unknown step is not found"),
    ],
)
def test_an_answer_that_does_not_fit_is_turned_down(step_id, answer, error):
    with pytest.raises(error):
        give(BOOK, EMPTY, step=step_id, answer=answer, by=BOB, now=NOON)


def test_a_finished_runbook_says_so_to_a_late_click():
    progress = answered(("health", "fine"))

    with pytest.raises(Refused, match="finished"):
        give(BOOK, progress, step="others", answer="yes", by=BOB, now=NOON)


def test_a_step_is_skipped_only_with_a_reason_and_the_reason_is_kept():
    progress = skip(BOOK, EMPTY, step="health", by=BOB, now=NOON, reason=" no access ")

    assert path(BOOK, progress)[0].answer is None
    assert path(BOOK, progress)[0].given.note == "no access"
    with pytest.raises(Refused, match="Say why"):
        skip(BOOK, EMPTY, step="health", by=BOB, now=NOON, reason="  ")


def test_a_skipped_step_can_jump_over_its_sub_questions():
    first, second = BOOK.steps
    last = replace(second, id="last")
    book = replace(BOOK, steps=(replace(first, if_skipped="last"), second, last))

    progress = skip(book, EMPTY, step="health", by=BOB, now=NOON, reason="no access")

    assert current_step(book, progress) == last


def test_reopening_takes_back_what_followed_and_keeps_it_as_history():
    progress = answered(("health", "down"), ("others", "yes"))

    reopened = reopen(BOOK, progress, step="health", by=ALICE, now=NOON)

    assert current_step(BOOK, reopened) == BOOK.steps[0]
    assert [item.given.answer for item in reopened.taken_back] == ["down", "yes"]
    assert {item.by for item in reopened.taken_back} == {ALICE}


def test_a_reopened_step_can_be_answered_differently():
    progress = reopen(BOOK, answered(("health", "down")), step="health", by=ALICE, now=NOON)

    changed = give(BOOK, progress, step="health", answer="fine", by=ALICE, now=NOON)

    assert [done.given.answer for done in path(BOOK, changed)] == ["fine"]
    assert len(changed.taken_back) == 1


def test_a_step_without_an_answer_cannot_be_reopened():
    with pytest.raises(Refused, match="no answer to take back"):
        reopen(BOOK, EMPTY, step="health", by=ALICE, now=NOON)


def test_an_answer_that_an_edited_file_no_longer_knows_is_asked_again():
    progress = answered(("health", "down"), ("others", "yes"))
    fewer = replace(BOOK.steps[1], answers=(BOOK.steps[1].answers[1],))
    edited = replace(BOOK, steps=(BOOK.steps[0], fewer))

    asked = current_step(edited, progress)
    anew = give(edited, progress, step="others", answer="no", by=ALICE, now=NOON)

    assert asked == fewer
    assert [done.given.answer for done in path(edited, anew)] == ["down", "no"]


@examples(
    strategies.lists(
        strategies.tuples(
            strategies.sampled_from(["give", "reopen"]),
            strategies.sampled_from(["health", "others"]),
            strategies.sampled_from(["down", "fine", "login", "yes", "no", "skip"]),
        ),
        max_size=12,
    )
)
def test_whatever_is_clicked_the_runbook_asks_or_has_ended(clicks):
    progress = EMPTY

    for what, name, answer in clicks:
        try:
            if what == "give":
                progress = give(BOOK, progress, step=name, answer=answer, by=BOB, now=NOON)
            else:
                progress = reopen(BOOK, progress, step=name, by=BOB, now=NOON)
        except (Refused, NotFound):
            continue

    asked, end = current_step(BOOK, progress), outcome(BOOK, progress)
    assert asked is None or end is None
    assert len(path(BOOK, progress)) == len(progress.given)


def with_first(*answers: StepAnswer, more: tuple[Step, ...] = BOOK.steps[1:]) -> Runbook:
    return replace(BOOK, steps=(step("health", *answers), *more))


FINE = StepAnswer(id="fine", label="Fine", because="Nothing.")
DOWN = StepAnswer(id="down", label="Down", to="others")


@pytest.mark.parametrize(
    ("book", "message"),
    [
        pytest.param(replace(BOOK, steps=()), "no steps", id="a runbook has steps"),
        pytest.param(with_first(DOWN), "at least two answers", id="a question has two answers"),
        pytest.param(
            with_first(DOWN, replace(DOWN, id="b", to="x")), "does not exist", id="targets exist"
        ),
        pytest.param(
            with_first(DOWN, replace(DOWN, id="b", to="health")), "leads back", id="no loops"
        ),
        pytest.param(with_first(FINE, replace(FINE, id="b")), "no answer leads", id="no islands"),
        pytest.param(with_first(DOWN, DOWN), "used twice", id="answer ids are unique"),
        pytest.param(
            with_first(DOWN, FINE, more=(BOOK.steps[1], BOOK.steps[1])),
            "used twice",
            id="step ids are unique",
        ),
        pytest.param(
            with_first(DOWN, replace(DOWN, id="b"), more=()), "never comes", id="there is an end"
        ),
        pytest.param(
            with_first(DOWN, replace(FINE, because="")), "`because`", id="an end says why"
        ),
        pytest.param(
            with_first(DOWN, replace(FINE, lane=Lane.IT)), "layer", id="our own lane has a layer"
        ),
        pytest.param(
            with_first(DOWN, replace(DOWN, id="b", lane=Lane.IT, layer=Layer.TECHNICAL)),
            "keep one",
            id="an answer leads on or ends",
        ),
        pytest.param(with_first(DOWN, replace(FINE, id="skip")), "reserved", id="skip is reserved"),
        pytest.param(
            with_first(DOWN, replace(FINE, label="x" * 71)), "71 characters", id="labels are short"
        ),
        pytest.param(
            with_first(DOWN, *(replace(FINE, id=letter) for letter in "abcde")),
            "at most 5",
            id="a question has few answers",
        ),
        pytest.param(
            replace(BOOK, steps=(replace(BOOK.steps[0], if_skipped="lost"), BOOK.steps[1])),
            "when skipped, leads to step 'lost'",
            id="the way of a skipped step exists",
        ),
        pytest.param(
            with_first(DOWN, replace(FINE, runbook="lost")), "runbook 'lost'", id="runbooks exist"
        ),
    ],
)
def test_a_mistake_in_a_runbook_is_found(book, message):
    messages = [flaw.message for flaw in check_runbook(book, known={"book"})]

    assert any(message in item for item in messages), messages


def test_a_sound_runbook_has_no_flaws():
    assert check_runbook(BOOK, known={"book", "keys"}) == ()


def test_the_picture_shows_every_question_answer_and_end():
    picture = mermaid(BOOK)

    assert picture.startswith("flowchart TD\n")
    assert 's0 -->|"It is down"| s1' in picture
    assert 's1 -->|"No"| s1e1(["lane: it, technical"])' in picture
    assert 's0 -->|"Refused"| s0e2(["runbook: keys"])' in picture


def test_quotes_in_a_question_do_not_break_the_picture():
    book = replace(BOOK, steps=(replace(BOOK.steps[1], ask='Is "it" | up?'),))

    assert 's0["Is #quot;it#quot; / up?"]' in mermaid(book)
