"""What the checks and people leave on record reaches the suggestion under the right name."""

from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Build, Credential, Party
from bot.core.estate.lane import Lane
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Blind, Signal
from bot.core.triage.facts import LaneFactKind
from bot.core.triage.playbook import ErrorClass
from bot.flows.governance import credential_expiry
from bot.flows.triage.briefing import brief
from bot.language.marks import who
from tests.builders import DAY, HOUR, NOW, a_check, a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

PAGE = a_check(
    id="page", kind="statuspage", rules=(), settings={"url": "https://status.payer.example"}
)
KEY = Credential(id="key", name="Shop key", owner="alice", expires=(NOW + 3 * DAY).date())


async def test_a_red_page_speaks_for_the_lane_of_the_party_whose_page_it_is() -> None:
    paid = a_connection(
        build=Build.CUSTOM,
        lanes={Lane.VENDOR: "payer", Lane.PUBLISHER: "maker"},
        checks=(a_check(), PAGE),
    )
    parties = {
        id: Party(id=id, name=id.title(), contact=f"support@{id}.example")
        for id in ("payer", "maker")
    }
    async with await Scene.open(an_estate(paid, parties=parties)) as scene:
        await scene.sees(Verdict.OK, check="orders/page", status="major_outage")
        await scene.sees(Verdict.OK, status="open")

        said = await scene.do(brief, paid)

        assert said.suggestion.lane is Lane.VENDOR
        assert said.suggestion.error_class is ErrorClass.PLATFORM_OUTAGE
        assert "The status page of Payer says" in said.suggestion.reasons[0]
        assert said.facts.signals[Signal.STATUS] == "open"


async def test_a_renewal_is_our_own_act_and_names_who_made_it() -> None:
    mine = a_connection(build=Build.NATIVE, credentials=(KEY,))
    async with await Scene.open(an_estate(mine)) as scene:
        ends = (NOW + 400 * DAY).date()
        await scene.do(credential_expiry.rotated, "orders/key", ends=ends, by="bob", now=NOW)

        said = await scene.do(brief, mine, NOW + HOUR, now=NOW + HOUR)

        assert [seen.kind for seen in said.facts.observed] == [LaneFactKind.RENEWAL]
        assert said.suggestion.lane is Lane.IT
        assert who("bob") in said.suggestion.reasons[0]


async def test_a_changed_shape_blames_nobody() -> None:
    mine = a_connection(build=Build.NATIVE)
    async with await Scene.open(an_estate(mine)) as scene:
        await scene.sees(Verdict.OK, fingerprint="a")
        await scene.sees(Verdict.OK, fingerprint="b")

        said = await scene.do(brief, mine, scene.now)

        assert [seen.kind for seen in said.facts.observed] == [LaneFactKind.SHAPE]
        assert "No evidence" in said.suggestion.reasons[0]


async def test_a_new_version_counts_as_an_update_of_the_far_end() -> None:
    mine = a_connection(build=Build.NATIVE)
    async with await Scene.open(an_estate(mine)) as scene:
        await scene.sees(Verdict.OK, version="1")
        await scene.sees(Verdict.OK, version="2")

        said = await scene.do(brief, mine, scene.now)

        assert [seen.kind for seen in said.facts.observed] == [LaneFactKind.VERSION]
        assert said.suggestion.lane is Lane.VENDOR


async def test_a_refused_monitoring_login_is_nobodys_lane() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.OK)
        for _ in range(4):
            await scene.records(Blind(at=scene.now, reason="our monitoring login is refused (401)"))
            scene.later(timedelta(minutes=3))

        assert await scene.run(lambda tx: tx.live_incident("orders")) is None
