"""A failure that was reported to us, and whose reporter never takes it back."""

from datetime import datetime
from typing import Any

import pytest

from bot.checks.probes.webhook import WebhookSettings, probe
from bot.core.monitoring.heartbeat import Ping, PingKind, runs_of
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Reading, Signal, SignalValue
from bot.core.monitoring.webhook_bodies import hook_ping
from bot.flows import estate_views, looks, views
from bot.flows.incidents import open_incident
from bot.language.errors import Invalid, NotAllowed
from bot.slack.estate.words import status
from bot.slack.incidents.card import card
from bot.slack.text import Writer
from tests.builders import DAY, HOUR, MINUTE, NOW, a_check, a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
CHECK = "orders/news"


async def stage() -> Scene:
    news = a_check(id="news", kind="webhook", settings={}, rules=(), confirm=1, recover=1)
    return await Scene.open(an_estate(a_connection(checks=(news,))))


async def tell(scene: Scene, source: str, body: dict[str, Any]) -> None:
    ping = hook_ping(source, body, scene.now)
    assert ping is not None
    await scene.do(looks.receive_pings, [(CHECK, ping)])
    await look(scene)


async def look(scene: Scene) -> None:
    """As the runner does."""
    kept = await scene.do(looks.last_ping, CHECK)

    class Kept:
        async def last_ping(self, _: str) -> Ping | None:
            return kept

        async def first_seen(self, _: str) -> datetime:
            return scene.now

    (spec,) = scene.knowledge.catalogue.connections["orders"].checks
    await scene.records(await probe(spec, Kept(), scene.now), check=CHECK)  # type: ignore[arg-type]


async def verdict(scene: Scene) -> Verdict:
    orders = scene.knowledge.catalogue.connections["orders"]
    line = await scene.do(estate_views.status_line, orders)
    assert line.health is not None
    return line.health.verdict


FIRING = {"status": "firing", "groupKey": "g", "alerts": [{"status": "firing"}]}


async def test_bob_takes_a_report_back_and_the_card_said_how() -> None:
    async with await stage() as scene:
        await tell(scene, "alertmanager", FIRING)
        assert await verdict(scene) is Verdict.FAILING
        connection = scene.knowledge.catalogue.connections["orders"]
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        assert f"/conn retract {connection.name}" in str(
            card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks
        )

        over = await scene.do(open_incident.retract, connection, by="bob")
        await look(scene)

        assert over == ("alert",)
        assert await verdict(scene) is Verdict.OK
        assert any(
            "‹p:bob› took back what was reported: alert" in one.text
            for one in await scene.timeline()
        )
        kept = await scene.do(looks.last_ping, CHECK)
        assert kept is not None
        assert kept.last_success is None
        with pytest.raises(Invalid, match="No failure that was reported to us"):
            await scene.do(open_incident.retract, connection, by="bob")


async def test_a_run_that_died_is_taken_back_by_a_person_as_well() -> None:
    job = a_check(id="job", kind="heartbeat", rules=())
    async with await Scene.open(an_estate(a_connection(checks=(job,)))) as scene:
        connection = scene.knowledge.catalogue.connections["orders"]
        begun = Ping(at=scene.now, kind=PingKind.START, rid="7")
        await scene.do(looks.receive_pings, [("orders/job", begun)])
        with pytest.raises(Invalid):
            await scene.do(open_incident.retract, connection, by="bob")
        hangs = Reading(at=scene.now, signals={Signal.REACHABLE: False}, error="hangs")
        await scene.records(hangs, hangs, check="orders/job")

        over = await scene.do(open_incident.retract, connection, by="bob")

        assert over == ("run 7 goes on",)
        kept = await scene.do(looks.last_ping, "orders/job")
        assert kept is not None
        assert (runs_of(kept), kept.last_success) == ({}, None)


async def test_charlie_may_not_and_hears_who_may() -> None:
    async with await stage() as scene:
        await tell(scene, "alertmanager", FIRING)
        connection = scene.knowledge.catalogue.connections["orders"]

        with pytest.raises(NotAllowed, match="‹p:bob›"):
            await scene.do(open_incident.retract, connection, by="charlie")

        assert await verdict(scene) is Verdict.FAILING


async def test_an_alert_that_is_said_once_fails_for_a_day_and_is_then_shown_as_what_it_was() -> (
    None
):
    essentials = {
        "alertRule": "Key vault deleted",
        "signalType": "Activity Log",
        "monitorCondition": "Fired",
    }
    async with await stage() as scene:
        await tell(scene, "azure-monitor", {"data": {"essentials": essentials}})
        texts = set()
        for _ in range(3):
            scene.later(7 * HOUR)
            await look(scene)
            texts.add((await scene.incident()).reasons)
        assert await verdict(scene) is Verdict.FAILING
        assert len(texts) == 1
        assert "reported once at" in str(texts)

        scene.later(4 * HOUR)
        await look(scene)

        assert await verdict(scene) is Verdict.OK
        connection = scene.knowledge.catalogue.connections["orders"]
        line = await scene.do(estate_views.status_line, connection)
        ((check, words),) = line.remarks
        assert check == CHECK
        assert "Key vault deleted: reported once, 1 d 1 h ago, nothing since" in words


async def test_a_status_that_nobody_knows_is_seen_in_slack_and_changes_nothing() -> None:
    async with await stage() as scene:
        await tell(scene, "generic", {"status": "ok"})
        scene.later(MINUTE)
        await tell(scene, "generic", {"Status": "lukewarm"})

        connection = scene.knowledge.catalogue.connections["orders"]
        line = await scene.do(estate_views.status_line, connection)

        assert await verdict(scene) is Verdict.OK
        ((_, words),) = line.remarks
        assert "fields (Status), taken for neither success nor failure" in words


NOT_READ = {"status": "lukewarm"}


async def test_a_message_that_nobody_understood_is_no_sign_of_health_and_is_shown() -> None:
    async with await stage() as scene:
        await tell(scene, "generic", NOT_READ)
        waiting = await said_status(scene)
        shown = await overview(scene)
        scene.later(MINUTE)
        await tell(scene, "generic", {"status": "ok"})

        assert (waiting, await said_status(scene)) == ("waiting", "fine")
        assert "taken for neither success nor failure" in shown
        assert "taken for neither" not in await overview(scene)


async def test_an_understood_message_of_anybody_is_newer_than_one_that_nobody_understood() -> None:
    async with await stage() as scene:
        await tell(scene, "generic", {**NOT_READ, "about": "a"})
        await tell(scene, "generic", {"status": "ok", "about": "b"})

        assert await said_status(scene) == "fine"
        assert "taken for neither" not in await overview(scene)


async def test_of_a_large_estate_a_message_that_nobody_understood_is_named_all_the_same() -> None:
    news = a_check(id="news", kind="webhook", settings={}, rules=(), confirm=1, recover=1)
    others = (a_connection(id=f"c{place}", checks=(a_check(id="queue"),)) for place in range(30))
    async with await Scene.open(an_estate(a_connection(checks=(news,)), *others)) as scene:
        await tell(scene, "generic", NOT_READ)

        assert "taken for neither" in await overview(scene)


async def said_status(scene: Scene) -> SignalValue:
    health = await scene.run(lambda tx: tx.checks_of("orders"))
    return health[0].signals[Signal.STATUS]


async def overview(scene: Scene) -> str:
    view = await scene.do(estate_views.status)
    return str(status(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)


def test_a_report_counts_as_long_as_the_page_says() -> None:
    assert WebhookSettings.model_validate({}).once_for == DAY


def a_report(kind: PingKind, **changes: Any) -> Ping:
    return Ping(at=NOW, kind=kind, note="no rows", **changes)


FAILED, ENDED = PingKind.FAIL, PingKind.SUCCESS
BY_A_RUN = "until a run of the job ends well; if"
TOLD = {  # kind of check, what came, whether its check is good again, what the card says
    "a job": ("heartbeat", (a_report(FAILED),), False, BY_A_RUN),
    "a job that ran once more": ("heartbeat", (a_report(FAILED), a_report(ENDED)), True, ""),
    "a run that hangs": ("heartbeat", (a_report(PingKind.START, rid="7"),), False, BY_A_RUN),
    "an alert": ("webhook", (a_report(FAILED),), False, "until whoever reported it takes it back;"),
    "an alert that was taken back": ("webhook", (a_report(FAILED), a_report(ENDED)), True, ""),
    "one that comes once": (
        "webhook",
        (a_report(FAILED, once=True),),
        False,
        "until a report that came once counts no more; if",
    ),
    "one that came once, long ago": ("webhook", (a_report(FAILED, once=True),), True, ""),
}


@pytest.mark.parametrize("name", TOLD)
async def test_the_card_says_how_what_was_reported_ends_while_it_stands(name: str) -> None:
    kind, came, good, expected = TOLD[name]
    told = a_check(id="news", kind=kind, rules=(), confirm=1, recover=1)
    async with await Scene.open(an_estate(a_connection(checks=(a_check(), told)))) as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        catalogue = scene.knowledge.catalogue
        await scene.do(
            looks.receive_pings,
            [(CHECK, one) for one in came],
            now=NOW,
        )
        for reachable in (False, good):
            signals: dict[str, SignalValue] = {Signal.REACHABLE: reachable}
            await scene.records(Reading(at=scene.now, signals=signals), check=CHECK)
            scene.later(MINUTE)

        view = await scene.do(views.incident_view, 1)

        assert view is not None
        shown = str(card(view, Writer(catalogue=catalogue)).blocks)
        assert expected in shown
        assert ("Reported to us" in shown) is bool(expected)
