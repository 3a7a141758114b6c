"""A command that names an incident is about that one or about none: what cannot be read as one of
ours is refused in clear words, and never goes to the incident whose channel it was typed in."""

import pytest

from bot.core.incidents.incident import Incident
from bot.core.outbox.notice import incident_subject
from bot.language.errors import BotError, NotFound, Refused
from bot.slack import commands
from bot.slack.handler import Handler
from bot.slack.request import Request
from bot.store.tx import Tx
from tests.builders import an_incident
from tests.slack.conftest import Bench
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio

# What names an incident, as people write it, and is none of ours.
NO_INCIDENT = (
    *("INC-0", "INC-999", "inc999", "INC 999", "INC#999", "INC-999:", "INC-999,", "INC-000999"),
    *("INC-9999999999", "INC-99999999999999999999", f"INC-{'9' * 5000}", f"inc{2**63}"),
    *("INC-1x", "INC-1.5", "INC-", "INC-n", "INC--1", "INC-١", "INC-1/2"),
)
# Every command that may name one, with what may stand behind that.
BEHIND = {
    "ack": "", "handover": "vendor", "resolve": "the secret was renewed", "note": "seen twice",
    "reopen": "orders are missing again", "hold": "the bank is closed", "unhold": "it is open",
    "runbook": "generic",
}  # fmt: skip


async def at_work(bench: Bench) -> Handler:
    """INC-1 is open in C1."""

    def begin(tx: Tx) -> None:
        incident = tx.add_incident(an_incident())
        tx.save_channel(incident_subject(incident.id), "C1")

    handler = handler_at(bench)
    await handler.runtime.store.run(begin)
    return handler


async def told(handler: Handler, words: str) -> str:
    """How Bob's command is refused, having changed nothing."""
    before = await handler.runtime.store.run(_record)
    with pytest.raises(BotError) as refused:
        await commands.answer(handler, Request(by="bob", channel="C1", words=words))
    assert await handler.runtime.store.run(_record) == before
    assert isinstance(refused.value, NotFound | Refused)
    return str(refused.value)


def _record(tx: Tx) -> tuple[Incident | None, object]:
    return tx.incident(1), tx.timeline(1)


@pytest.mark.parametrize("word", BEHIND)
async def test_what_is_no_incident_of_ours_is_said_so_and_nothing_is_done_to_another(
    bench: Bench, word: str
) -> None:
    handler = await at_work(bench)
    for name in NO_INCIDENT:
        said = await told(handler, f"{word} {name} {BEHIND[word]}".strip())
        assert said.startswith("There is no incident"), name
        assert len(said) < 200


@pytest.mark.parametrize("name", NO_INCIDENT)
async def test_neither_side_of_a_merge_is_guessed(bench: Bench, name: str) -> None:
    handler = await at_work(bench)
    for words in (f"{name} into INC-1", f"INC-1 into {name}", f"into {name}"):
        assert (await told(handler, f"merge {words}")).startswith("There is no incident"), words


async def test_a_number_alone_behind_the_word_is_an_incidents(bench: Bench) -> None:
    handler = await at_work(bench)
    assert (await told(handler, "ack 999")).startswith("There is no incident INC-999.")
    assert "INC-1" in (await said_to(handler, "ack 1", channel="C9"))


async def test_an_incident_is_merged_into_itself_by_no_way_of_writing_it(bench: Bench) -> None:
    handler = await at_work(bench)
    for words in ("merge into INC-1", "merge INC-1 into inc1", "merge INC-001 into INC 1"):
        assert "is that incident already" in await told(handler, words)


WRITTEN = ("INC-1", "inc1", "INC 1", "INC#1", "INC-1:", "INC-001", "inc-1,")


@pytest.mark.parametrize("name", WRITTEN)
async def test_every_usual_way_to_write_it_means_it(bench: Bench, name: str) -> None:
    handler = await at_work(bench)
    said = await said_to(handler, f"note {name} seen twice", channel="C9")

    assert "INC-1" in said
    kept = await handler.runtime.store.run(lambda tx: tx.timeline(1))
    assert "seen twice" in kept[-1].text
    assert name not in kept[-1].text


@pytest.mark.parametrize("words", ["incorrect mapping, mended", "incoming orders: 42 were lost"])
async def test_a_word_that_only_begins_so_is_a_word(bench: Bench, words: str) -> None:
    handler = await at_work(bench)
    await said_to(handler, f"note {words}", channel="C1")

    kept = await handler.runtime.store.run(lambda tx: tx.timeline(1))
    assert words in kept[-1].text


async def said_to(handler: Handler, words: str, channel: str) -> str:
    answer = await commands.answer(handler, Request(by="bob", channel=channel, words=words))
    return answer.text
