"""What a person declared or called wrong is a matter of its own: a failure that the checks see of
other connections is poured into it only where it is that failure. What several are said to share,
every one of them has."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Credential
from bot.core.estate.lane import Lane
from bot.core.incidents.notices import OwnerAlert
from bot.core.outbox.notice import What
from bot.core.triage.playbook import ErrorClass, Playbook
from bot.flows import views
from bot.flows.incidents import counterparty, open_incident, respond
from bot.flows.incidents.grouping import children, merge, reopen
from bot.slack.incidents import card, data_question, ping_words
from bot.slack.outbox import personal_words
from bot.slack.text import Writer, time
from tests.builders import HOUR, MINUTE
from tests.flows.scene import Scene
from tests.flows.triage.test_judged_anew import (
    CERTIFICATE,
    DOWN,
    MISSING,
    begin,
    entry,
    estate,
    fails,
    known,
    runs,
)

pytestmark = pytest.mark.anyio


async def declared(scene: Scene) -> None:
    payroll = scene.knowledge.catalogue.connections["payroll"]
    await scene.do(
        open_incident.declare, payroll, open_incident.Report(by="alice", why="cost centre doubled")
    )


async def declared_while_it_broke(scene: Scene) -> None:
    await declared(scene)
    scene.later(2 * MINUTE)


async def declared_long_ago(scene: Scene) -> None:
    """At the very moment when something else breaks too."""
    payroll = scene.knowledge.catalogue.connections["payroll"]
    since = scene.now - HOUR
    await scene.do(
        open_incident.declare,
        payroll,
        open_incident.Report(by="alice", why="rows are doubled"),
        since=since,
    )
    scene.later(2 * MINUTE)


async def declared_before(scene: Scene) -> None:
    await declared(scene)
    scene.later(15 * MINUTE)


async def opened_again(scene: Scene) -> None:
    await declared(scene)
    await scene.do(respond.resolve, 1, "alice", "corrected")
    await scene.do(reopen.reopen, 1, by="alice", why="doubled again")
    scene.later(15 * MINUTE)


async def seen_by_checks(scene: Scene) -> None:
    await fails(scene, "payroll", DOWN)


@pytest.mark.parametrize(
    ("before", "held"),
    [
        (seen_by_checks, [(1, 3)]),
        (declared_while_it_broke, [(2, 3)]),
        (declared_before, [(1, 1), (2, 2)]),
        (declared_long_ago, [(1, 1), (2, 2)]),
        (opened_again, [(1, 1), (2, 2)]),
    ],
)
async def test_an_outage_is_one_incident_and_no_matter_of_a_person_leads_it(
    before: Callable[[Scene], Awaitable[None]], held: list[tuple[int, int]]
) -> None:
    async with await begin("payroll", "orders", "stock") as scene:
        began = scene.now
        await before(scene)
        for connection in ("payroll", "orders", "stock"):
            await fails(scene, connection, DOWN)
            await scene.tick(5 * MINUTE)

        lives = await scene.lives()
        outage = max(lives, key=lambda live: live.size)
        view = await scene.do(views.incident_view, outage.id)

        assert sorted((live.id, live.size) for live in lives) == held
        assert outage.detected_by == "check"
        assert "declared" not in " ".join(outage.reasons)
        assert view is not None
        assert children.since(outage, view.connections) >= began


@pytest.mark.parametrize("renewed", [False, True])
async def test_what_failed_for_a_reason_of_its_own_before_leaves_the_outage_whole(
    renewed: bool,
) -> None:
    """Declared with an earlier beginning, then its certificate ended, then everything is down."""
    async with await begin("payroll", "orders", "stock", "mill") as scene:
        await declared_long_ago(scene)
        await fails(scene, "payroll", CERTIFICATE)
        if renewed:
            await runs(scene, "payroll")
        for connection in ("payroll", "orders", "stock", "mill"):
            await fails(scene, connection, DOWN)

        assert sorted((live.id, live.size) for live in await scene.lives()) == [(1, 1), (2, 3)]


THROTTLED = "429 too many requests"
LIMIT = entry("limit", "429 too", ErrorClass.RATE_LIMIT, Lane.IT)


@pytest.mark.parametrize(
    ("story", "cause"),
    [
        ([("orders", THROTTLED), ("stock", THROTTLED)], "Shop app token"),
        ([("orders", THROTTLED), ("stock", THROTTLED), ("mill", THROTTLED)], "Erp"),
        ([("orders", DOWN), ("mill", DOWN), ("orders", THROTTLED), ("stock", THROTTLED)], "Erp"),
    ],
)
async def test_what_several_are_said_to_share_every_one_of_them_has(
    story: list[tuple[str, str]], cause: str
) -> None:
    token = Credential(id="token", name="Shop app token", same_as="shop/token")
    plain = estate("orders", "stock", "mill")
    keyed = {id: replace(plain.connections[id], credentials=(token,)) for id in ("orders", "stock")}
    catalogue = replace(plain, connections={**plain.connections, **keyed})
    async with await Scene.open(catalogue) as scene:
        entries = (*known(catalogue).playbook.entries, LIMIT)
        scene.knowledge = replace(known(catalogue), playbook=Playbook(entries=entries))
        for connection, text in story:
            await fails(scene, connection, text)

        (one,) = await scene.lives()

        assert (one.cause, one.size) == (cause, len(dict(story)))
        assert one.title.startswith(f"{cause}: ")


async def test_what_a_connection_fails_with_by_now_is_known_of_it_too() -> None:
    async with await begin("payroll", "orders", "stock") as scene:
        await declared(scene)
        await fails(scene, "payroll", MISSING)
        for connection in ("orders", "stock"):
            await fails(scene, connection, DOWN)
        await fails(scene, "stock", MISSING)

        kinds = await scene.run(lambda tx: dict(tx.open_kinds()))

        closed, down = ErrorClass.MASTER_DATA.value, ErrorClass.PLATFORM_OUTAGE.value
        assert kinds == {"payroll": closed, "orders": down, "stock": closed}


async def test_whoever_judges_the_data_reads_what_was_declared_then_and_when_asked() -> None:
    async with await begin("payroll") as scene:
        await declared(scene)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        view = await scene.do(views.incident_view, 1)
        alert = OwnerAlert(parts=(), responders=(), reader="data-owner")
        told = ping_words.owner_alert(alert, view, None, writer)
        shown = (card.card(view, writer).text, view.incident.headline)
        await fails(scene, "payroll", DOWN)
        await runs(scene, "payroll")
        view = await scene.do(views.incident_view, 1)
        asked = data_question.question("data-owner", view, None, writer)

        assert "cost centre doubled" in str(told.blocks)
        assert "look whether your data shows it" in str(told.blocks)
        assert all("reported broken" in one and "failing" not in one for one in shown)
        assert "cost centre doubled" in str(asked.blocks)


async def test_forms_and_letter_count_what_fails_as_the_card_does() -> None:
    async with await begin("payroll", "orders", "stock") as scene:
        for id in ("payroll", "orders", "stock"):
            await fails(scene, id, DOWN)
        for id in ("payroll", "stock"):
            await runs(scene, id)
        incident = await scene.incident()
        view = await scene.do(views.incident_view, 1)
        shown = card.card(view, Writer(catalogue=scene.knowledge.catalogue)).text
        letter = await scene.do(counterparty.evidence_for, incident, Lane.VENDOR)

        assert "1 of 3 connections is failing" in shown
        assert "failing" not in incident.headline
        assert letter.subject.endswith("1 of 3 connections is failing")


@pytest.mark.parametrize("into", [1, 2])
async def test_merged_it_began_with_the_first_and_a_part_of_a_ping_opens_itself(into: int) -> None:
    async with await begin("orders", "stock") as scene:
        await fails(scene, "orders", DOWN)
        scene.later(5 * MINUTE)
        await fails(scene, "stock", MISSING)
        await scene.do(merge.merge, 3 - into, into=into, by="bob")
        view = await scene.do(views.incident_view, into)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        shown = str(card.card(view, writer).blocks)
        first = next(part for part in view.children if part.connection == "orders")
        ping = personal_words.personal(
            What.PING, {"parts": ["stock"], "rung": 0}, view, None, None, writer
        )
        buttons = [one for block in ping.blocks for one in block.get("elements", ())]

        assert "it began with Orders, Orders-Source → Erp" in shown
        assert f"*Since:* {time(first.failing_since)}" in shown
        assert [one["value"] for one in buttons if "who" in one["action_id"]] == ["stock"]
