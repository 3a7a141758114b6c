"""“Which one do you mean?” goes on with the command that was typed, and with every word of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.incidents.incident import Incident
from bot.language.errors import Invalid, NotFound, Refused
from bot.slack import commands
from bot.slack.handler import Body, Handler
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage
from bot.slack.request import Request
from bot.store.tx import Tx
from tests.builders import a_connection, an_estate, knowledge_of
from tests.slack.conftest import Bench
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio

ESTATE = an_estate(
    a_connection(id="orders", name="Shop orders"),
    a_connection(id="returns", name="Shop returns"),
    a_connection(id="stock", name="Shop stock"),
)
# Every command that looks a connection up, with words behind the name where it takes some.
COMMANDS = (
    "status shop", "show shop", "check shop", "stuck shop", "change shop", "changes shop",
    "drill shop", "split shop", "resume shop", "audit shop", "sla shop", "rotate shop",
    "declare shop: nothing arrives", "declare shop", "pause shop 2h the ERP is updated",
    "declare shop since 2h ago",
    "declare shop report only since 08:00 until 08:30: the queue was stuck",
)  # fmt: skip


def handler_of(bench: Bench, looked: list[str]) -> Handler:
    knowledge = knowledge_of(ESTATE)
    handler = handler_at(
        replace(bench, runtime=replace(bench.runtime, knowledge=lambda: knowledge))
    )

    async def look(connection: str) -> None:
        looked.append(connection)

    handler.check_now = look
    return handler


async def asks(handler: Handler, words: str) -> SlackMessage:
    return await commands.answer(handler, Request(by="alice", channel="C1", words=words))


def buttons(answer: SlackMessage) -> list[dict[str, Any]]:
    return [one for block in answer.blocks for one in block.get("elements", ()) if "value" in one]


def pressed(bench: Bench, button: dict[str, Any]) -> Body:
    bob = bench.slack.member("Bob")
    return {"user": {"id": bob.id}, "channel": {"id": bench.general}, "actions": [button]}


@pytest.mark.parametrize("words", COMMANDS)
async def test_the_button_carries_the_whole_command_on(bench: Bench, words: str) -> None:
    answer = await asks(handler_of(bench, []), words)

    carried = {str(button["value"]) for button in buttons(answer)}
    expected = {f"{one}|{words.replace('shop', one, 1)}" for one in ("orders", "returns", "stock")}
    assert carried == expected
    assert all(button["action_id"].startswith(Action.WHICH) for button in buttons(answer))


async def test_a_time_typed_with_a_declaration_counts_and_an_end_is_no_declaration(
    bench: Bench,
) -> None:
    handler = handler_of(bench, [])
    with pytest.raises(Refused, match="report only since"):
        await asks(handler, "declare stock since 2h ago until 1h ago: nothing arrives")
    await asks(handler, "declare stock since 2h ago: nothing arrives")

    found = await handler.runtime.store.run(lambda tx: tx.live_incident("stock"))
    assert found is not None
    assert timedelta(hours=2) <= found.opened_at - found.failing_since < timedelta(hours=3)


async def test_pressing_one_declares_it(bench: Bench) -> None:
    handler = handler_of(bench, [])
    answer = await asks(handler, "declare shop: nothing arrives")

    await commands.go_on(handler, pressed(bench, buttons(answer)[1]))

    def live(tx: Tx) -> Incident | None:
        return tx.live_incident(str(buttons(answer)[1]["value"]).partition("|")[0])

    found = await handler.runtime.store.run(live)
    assert found is not None
    assert "nothing arrives" in found.reasons[0]
    said = await bench.slack.member("Bob").sees_ephemeral("is declared for")
    assert "the checks see nothing wrong" in said.text


async def test_pressing_one_pauses_it_for_as_long_and_as_why(bench: Bench) -> None:
    handler = handler_of(bench, [])
    answer = await asks(handler, "pause shop 2h the ERP is updated")
    button = next(one for one in buttons(answer) if one["value"].startswith("orders|"))

    request = Request(by="alice", channel="C1", words=str(button["value"]).partition("|")[2])
    await commands.answer(handler, request)

    (pause,) = await handler.runtime.store.run(lambda tx: tx.pauses())
    assert (pause.connection, pause.why) == ("orders", "the ERP is updated")
    assert round((pause.until - pause.since) / timedelta(hours=1)) == 2


async def test_pressing_one_checks_it(bench: Bench) -> None:
    looked: list[str] = []
    handler = handler_of(bench, looked)
    answer = await asks(handler, "check shop")

    await commands.go_on(handler, pressed(bench, buttons(answer)[0]))

    assert looked == [str(buttons(answer)[0]["value"]).partition("|")[0]]


async def test_a_connection_that_is_gone_by_then_is_not_mistaken_for_another(bench: Bench) -> None:
    handler = handler_of(bench, [])
    stale = {"value": "order|declare order: nothing arrives"}

    with pytest.raises(NotFound, match="no longer in the catalogue"):
        await commands.go_on(handler, pressed(bench, stale))


async def test_more_words_than_a_button_carries_are_refused_and_not_cut(bench: Bench) -> None:
    handler = handler_of(bench, [])

    with pytest.raises(Invalid, match="orders, returns, stock"):
        await asks(handler, f"declare shop: {'x' * 2000}")


async def test_with_one_incident_open_elsewhere_it_is_named_and_asked(bench: Bench) -> None:
    handler = handler_of(bench, [])
    await asks(handler, "declare orders: nothing arrives")

    answer = await asks(handler, "note the vendor was called")

    assert "Do you mean INC-1" in answer.text
    (button,) = buttons(answer)
    assert button["value"] == "|note INC-1 the vendor was called"
    await commands.go_on(handler, pressed(bench, button))
    timeline = await handler.runtime.store.run(lambda tx: tx.timeline(1))
    assert timeline[-1].text == "the vendor was called"
