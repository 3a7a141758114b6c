"""One beginning is told everywhere, a told one as told, and an incident that was shared counts for
each of its connections."""

from dataclasses import replace

import pytest

from bot.core.estate.lane import Lane
from bot.core.monitoring.rules import Verdict
from bot.flows import views
from bot.flows.incidents import counterparty, open_incident, respond
from bot.flows.incidents.grouping import merge
from bot.slack.incidents import card as cards
from bot.slack.incidents import current, data_question
from bot.slack.text import Writer, time
from tests.builders import MINUTE, NOW, a_check, a_connection, an_estate
from tests.flows.scene import Scene

OK, FAILING = Verdict.OK, Verdict.FAILING
pytestmark = pytest.mark.anyio
STOCK = a_connection(id="stock", name="Stock levels", checks=(a_check(connection="stock"),))


@pytest.mark.parametrize("stalled", [None, NOW - 30 * MINUTE])
async def test_card_and_question_name_one_beginning(stalled: object) -> None:
    async with await Scene.open(an_estate()) as scene:
        await scene.sees(FAILING, FAILING)
        await scene.sees(OK, OK)
        found = await scene.do(views.incident_view, 1)
        assert found is not None
        incident = replace(found.incident, stalled_since=stalled)
        await scene.run(lambda tx: tx.save_incident(incident))
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        writer = Writer(catalogue=scene.knowledge.catalogue)
        asked = data_question.question("data-owner", view, None, writer)

        assert f"*It failed:* from {current.since(view)} to" in str(asked.blocks)
        assert current.since(view) == time(incident.began)


@pytest.mark.parametrize("shared", [False, True])
async def test_card_and_letter_name_one_beginning(shared: bool) -> None:
    async with await Scene.open(an_estate(a_connection(), STOCK)) as scene:
        await scene.sees(FAILING, FAILING)
        if shared:
            await scene.sees(FAILING, FAILING, check="stock/api")
            await scene.do(merge.merge, 2, into=1, by="bob")
        stalled = replace(await scene.incident(), stalled_since=NOW - 30 * MINUTE)
        await scene.run(lambda tx: tx.save_incident(stalled))
        view = await scene.do(views.incident_view, 1)
        letter = await scene.do(counterparty.evidence_for, stalled, Lane.VENDOR)

        assert view is not None
        assert letter is not None
        assert current.since(view).startswith(time(stalled.began))
        assert f"Failing since: {stalled.began:%Y-%m-%d %H:%M} UTC" in letter.body


async def declared(scene: Scene) -> str:
    """Told at 08:32 to have begun half an hour earlier; the checks see two minutes of it."""
    orders = scene.knowledge.catalogue.connections["orders"]
    since = scene.now - 28 * MINUTE
    await scene.do(
        open_incident.declare,
        orders,
        open_incident.Report(by="charlie", why="no orders"),
        since=since,
    )
    await scene.sees(FAILING, FAILING)
    await scene.sees(OK, OK)
    await scene.do(respond.confirm_data, 1, "data-owner")
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return str(cards.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)


async def test_how_long_it_was_down_by_a_told_beginning_says_whose_word_that_is() -> None:
    async with await Scene.open(an_estate()) as scene:
        said = await declared(scene)

        assert "It was down for 31 min, if it began when Charlie said" in said


@pytest.mark.parametrize("merged_as", ["whole", "part"])
async def test_a_shared_incident_counts_for_each_of_its_connections(merged_as: str) -> None:
    async with await Scene.open(an_estate(a_connection(), STOCK)) as scene:
        await scene.sees(FAILING, FAILING)
        await scene.sees(FAILING, FAILING, check="stock/api")
        into = 1 if merged_as == "whole" else 2
        await scene.do(merge.merge, 3 - into, into=into, by="bob")
        await scene.do(respond.resolve, into, "bob", "restarted both")
        orders = scene.knowledge.catalogue.connections["orders"]
        await scene.sees(OK, OK)
        again = await scene.do(
            open_incident.declare, orders, open_incident.Report(by="bob", why="again")
        )
        view = await scene.do(views.incident_view, again.id)
        assert view is not None

        assert [one.incident.id for one in view.past_incidents.similar] == [into]
        assert "once" in view.past_incidents.seen
        assert "the same connection" in view.past_incidents.similar[0].why
