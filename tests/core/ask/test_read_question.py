"""The shape of a question, read without knowing the catalogue."""

import pytest

from bot.core.ask.question_shapes import Intent, is_cue, read, straighten

SHAPES = {
    "who owns §0": Intent.OWNER,
    "§0": Intent.OWNER,
    "§0 owner": Intent.OWNER,
    "for §0 who is in charge": Intent.OWNER,
    "who do we escalate to about §0": Intent.OWNER,
    "§0 belongs to whom": Intent.OWNER,
    "which department is responsible for §0": Intent.OWNER,
    "who would be the right contact for §0": Intent.OWNER,
    "who is the tech lead of §0": Intent.TECHNICAL_OWNER,
    "who owns §0 on the business side": Intent.FUNCTIONAL_OWNER,
    "enterprise architect of §0": Intent.ARCHITECTURE_OWNER,
    "who was responsible for §0 in march": Intent.OWNER_THEN,
    "whose approval do i need to alter §0": Intent.APPROVER,
    "can i change §0": Intent.APPROVER,
    "who signs off §0 changes": Intent.APPROVER,
    "who is §0 s deputy": Intent.COVER,
    "who fills in for §0": Intent.COVER,
    "if §0 is away who do i call": Intent.COVER,
    "what does §0 look after": Intent.OWNED_BY,
    "everything owned by §0": Intent.OWNED_BY,
    "which flows lack an owner": Intent.UNOWNED,
    "what is not owned": Intent.UNOWNED,
    "what talks to §0": Intent.TOUCHES,
    "dependencies of §0": Intent.TOUCHES,
    "what happens if §0 goes down": Intent.TOUCHES,
    "when do we have to renew the certificate of §0": Intent.EXPIRY,
    "how long is the token of §0 good": Intent.EXPIRY,
    "who renews the secret of §0": Intent.CREDENTIALS,
    "who keeps the password for §0": Intent.CREDENTIALS,
    "where are the credentials of §0": Intent.CREDENTIALS,
    "what is new on §0": Intent.CHANGES,
    "change history of §0": Intent.CHANGES,
    "how long may §0 be down": Intent.SLA,
    "support hours for §0": Intent.SLA,
    "how do we restart §0": Intent.RUNBOOK,
    "triage §0": Intent.RUNBOOK,
    "how is §0": Intent.STATUS,
    "is §0 healthy": Intent.STATUS,
    "what is wrong with §0": Intent.STATUS,
    "when did §0 last run": Intent.LAST_SYNC,
    "how fresh is §0": Intent.LAST_SYNC,
    "has §0 synced today": Intent.LAST_SYNC,
    "please help": Intent.HELP,
    "hello": Intent.HELP,
}


@pytest.mark.parametrize(("text", "intent"), SHAPES.items())
def test_the_shape_of_a_question_gives_its_intent(text: str, intent: Intent) -> None:
    question = read(text.split())

    assert question.intent is intent
    assert ("§0" in question.rest) == ("§0" in text)


def test_only_the_asking_call_is_taken_out_of_the_text() -> None:
    question = read(["who", "do", "i", "call", "about", "call", "centre", "tickets"])

    assert question.rest == ("about", "call", "centre", "tickets")


def test_misspelt_question_words_are_repaired() -> None:
    assert straighten(["woh", "onws", "aproves"], lambda word: False) == ["who", "owns", "approves"]


def test_words_of_the_catalogue_are_not_repaired() -> None:
    assert straighten(["towns"], lambda word: word == "towns") == ["towns"]


def test_words_that_shape_questions_are_no_sure_names() -> None:
    assert is_cue("status")
    assert not is_cue("orders")
