"""One connection, several checks: what failed runs again while another check is blind."""

import pytest

from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Blind, Cause
from bot.core.outbox.notice import What
from bot.flows import estate_views, views
from bot.flows.monitoring import pauses
from bot.slack.incidents import card
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE, a_check, a_connection, an_estate
from tests.flows.scene import Scene

OK, DEGRADED, FAILING, UNKNOWN = Verdict.OK, Verdict.DEGRADED, Verdict.FAILING, Verdict.UNKNOWN
API, BEAT = "orders/api", "orders/beat"
pytestmark = pytest.mark.anyio
# What the other check does before `api` fails, while it does, and since.
OTHERS = {
    "sees all the while": ("o", "o"),
    "was never called": ("w", "w"),
    "never could look": ("u", "u"),
    "is blind since before": ("ouu", "u"),
    "is blind only since it failed": ("o", "uu"),
    "fails with it and runs again": ("o", "ffoo"),
    "is degraded by now": ("o", "dd"),
    "has not looked yet": ("", ""),
}
LOOKS = {"o": OK, "d": DEGRADED, "f": FAILING, "u": UNKNOWN}


async def a_scene() -> Scene:
    checks = (a_check(), a_check(id="beat"))
    return await Scene.open(an_estate(a_connection(checks=checks)))


async def looks(scene: Scene, check: str, said: str) -> None:
    for letter in said:
        if letter == "w":
            nobody = Blind(at=scene.now, reason="no ping has come yet", cause=Cause.NOT_CALLED)
            await scene.records(nobody, nobody, check=check)
            scene.later(MINUTE)
        else:
            await scene.sees(LOOKS[letter], check=check)


async def verdict(scene: Scene) -> Verdict:
    health = await scene.run(lambda tx: tx.connection_health("orders"))
    assert health is not None
    return health.verdict


@pytest.mark.parametrize("back", ["oo", "dd"])
@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("other", OTHERS)
async def test_an_incident_recovers_when_what_failed_in_it_runs_again(
    other: str, back: str, paused: bool
) -> None:
    before, since = OTHERS[other]
    async with await a_scene() as scene:
        await looks(scene, API, "o")
        await looks(scene, BEAT, before if before != "u" else "uu")
        await looks(scene, API, "ff")
        if paused:
            await scene.do(
                pauses.pause,
                scene.knowledge.catalogue.connections["orders"],
                until=scene.now + HOUR,
                why="an update",
                by="alice",
            )
        await looks(scene, BEAT, since)
        assert (await scene.incident()).state is State.OPEN
        await looks(scene, API, back)

        assert (await scene.incident()).state is State.VERIFYING


async def test_the_recovery_says_what_is_not_visible_and_so_do_card_and_status() -> None:
    async with await a_scene() as scene:
        await looks(scene, API, "o")
        await looks(scene, BEAT, "ouu")
        await looks(scene, API, "ffoo")

        view = await scene.do(views.incident_view, 1)
        posted = await scene.post()
        told = next(one.facts["seen"] for one in posted if one.what is What.RECOVERED)

        assert view is not None
        assert view.connections[0].hidden == (("beat", "our own network is down"),)
        assert told == "The checks are good again; not visible: “beat”."
        drawn = str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)
        assert "*Not visible:* “beat” (our own network is down)" in drawn


async def test_what_was_never_called_makes_no_connection_unknown_that_others_see() -> None:
    async with await a_scene() as scene:
        await looks(scene, BEAT, "w")
        assert await verdict(scene) is UNKNOWN
        await looks(scene, API, "o")
        assert await verdict(scene) is OK
        await looks(scene, API, "ff")
        assert await verdict(scene) is FAILING
        await looks(scene, API, "oo")

        assert await verdict(scene) is OK
        line = (await scene.do(estate_views.status)).lines[0]
        assert line.remarks == (("orders/beat", "not visible: no ping has come yet"),)


async def test_a_connection_is_unknown_since_it_failed_no_more_however_long_a_check_is_blind() -> (
    None
):
    async with await a_scene() as scene:
        await looks(scene, API, "o")
        await looks(scene, BEAT, "uu")
        await looks(scene, API, "ffoo")
        ended = scene.now - MINUTE
        await looks(scene, BEAT, "uu")

        health = await scene.run(lambda tx: tx.connection_health("orders"))
        assert health is not None
        assert (health.verdict, health.since) == (UNKNOWN, ended)


@pytest.mark.parametrize("other", ["o", "d", "f", "w", "uu"])
async def test_what_failed_and_went_blind_is_not_recovered_until_it_runs(other: str) -> None:
    async with await a_scene() as scene:
        await looks(scene, BEAT, "o" if other in "df" else other)
        await looks(scene, API, "ff")
        await looks(scene, BEAT, other * 2)
        await looks(scene, API, "uu")
        if other == "f":
            await looks(scene, BEAT, "oo")

        assert (await scene.incident()).state is State.OPEN
        await looks(scene, BEAT, other if other in "ow" else "")
        assert (await scene.incident()).state is State.OPEN
        await looks(scene, API, "oo")
        assert (await scene.incident()).state is State.VERIFYING
