"""What corrections teach about the lane rules, and what earlier incidents say on the card."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from bot.core.estate.catalogue import Build, Credential
from bot.core.estate.lane import Lane
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Reading, Signal
from bot.core.triage.lane_rules import CREDENTIAL, RuleVotes, Vote, doubts, judged
from bot.flows import views
from bot.flows.governance import audit
from bot.flows.incidents import open_incident, respond
from bot.flows.runbooks import walk
from tests.builders import DAY, a_connection, an_estate
from tests.flows.scene import Scene
from tests.shipped import shipped_playbook

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    expired = Credential(id="login", name="ERP login", expires=date(2027, 2, 1))
    connection = a_connection(build=Build.NATIVE, credentials=(expired,))
    async with await Scene.open(an_estate(connection)) as opened:
        yield opened


async def broken(scene: Scene, how: str = "The login was renewed") -> None:
    """One break from its opening to its end, its lane corrected to the vendor."""
    connection = scene.knowledge.catalogue.connections["orders"]
    incident = await scene.do(
        open_incident.declare, connection, open_incident.Report(by="bob", why="it stands still")
    )
    await scene.do(respond.set_lane, incident.id, Lane.VENDOR, by="alice", why="their outage")
    await scene.do(respond.resolve, incident.id, by="alice", how=how)


async def test_a_correction_counts_against_every_rule_that_argued_otherwise(scene: Scene) -> None:
    for _ in range(4):
        await broken(scene)

    (votes,) = await scene.run(lambda tx: tx.rule_votes())

    assert votes == RuleVotes(rule=CREDENTIAL, judged=4, wrong=4)
    assert votes.words == "wrong 4 of 4 times"


async def test_a_person_who_changes_their_mind_is_counted_once(scene: Scene) -> None:
    connection = scene.knowledge.catalogue.connections["orders"]
    incident = await scene.do(
        open_incident.declare, connection, open_incident.Report(by="bob", why="it stands still")
    )
    for lane in (Lane.VENDOR, Lane.IT):
        await scene.do(respond.set_lane, incident.id, lane, by="alice", why="on second sight")

    rule_votes = await scene.run(lambda tx: tx.rule_votes())

    assert [(one.judged, one.wrong) for one in rule_votes] == [(1, 0)]


async def test_the_card_doubts_a_rule_that_was_mostly_wrong_and_still_follows_it(
    scene: Scene,
) -> None:
    for _ in range(4):
        await broken(scene)
    connection = scene.knowledge.catalogue.connections["orders"]
    again = await scene.do(
        open_incident.declare, connection, open_incident.Report(by="bob", why="again")
    )

    view = await scene.do(views.incident_view, again.id)

    assert again.lane is Lane.IT
    assert view.past_incidents.doubts == (
        "The rule “a credential is past its date” was wrong 4 of 4 times.",
    )


async def test_the_audit_lists_how_the_rules_fared(scene: Scene) -> None:
    await broken(scene)

    view = await scene.do(audit.view)

    assert [one.rule for one in view.rule_votes] == [CREDENTIAL]


async def test_earlier_breaks_are_shown_with_what_fixed_them(scene: Scene) -> None:
    await broken(scene, "The vendor restarted it")
    await broken(scene, "The login was renewed")
    connection = scene.knowledge.catalogue.connections["orders"]
    again = await scene.do(
        open_incident.declare, connection, open_incident.Report(by="bob", why="again")
    )

    view = await scene.do(views.incident_view, again.id)

    assert view.past_incidents.seen == "this connection 2 times otherwise"
    assert [one.incident.resolution for one in view.past_incidents.similar] == [
        "The login was renewed",
        "The vendor restarted it",
    ]
    assert {one.why for one in view.past_incidents.similar} == {"the same connection"}


UNKNOWN_TEXTS = ("the glorp is not frobbed", "the quux ran down")
KNOWN_TEXT = "HTTP 503 Service Unavailable"


@pytest.mark.parametrize(
    ("earlier", "later", "alike"),
    [
        (*UNKNOWN_TEXTS, False),
        (UNKNOWN_TEXTS[0], UNKNOWN_TEXTS[0], True),
        (UNKNOWN_TEXTS[0], KNOWN_TEXT, False),
        ("no ping for 56 s", "the answer is no use to us", False),
        ("Connection refused", "No route to host", True),
    ],
)
async def test_two_errors_are_of_one_kind_only_when_both_are_known_or_read_the_same(
    earlier: str, later: str, alike: bool
) -> None:
    estate = an_estate(a_connection(), a_connection(id="returns", name="Returns"))
    async with await Scene.open(estate) as scene:
        knowledge = replace(scene.knowledge, playbook=shipped_playbook())
        scene.knowledge = knowledge
        first = await failing(scene, "orders", earlier)
        await scene.do(respond.resolve, first, by="alice", how="It was wound up")
        scene.later(DAY)
        again = await failing(scene, "returns", later)

        seen = (await scene.do(views.incident_view, again)).past_incidents.seen

    assert seen == ("this kind of error once" if alike else "")


async def failing(scene: Scene, name: str, error: str) -> int:
    connection = scene.knowledge.catalogue.connections[name]
    gone = Reading(at=scene.now, signals={Signal.REACHABLE: False}, error=error)
    await scene.records(gone, gone, check=f"{name}/api")
    found = await scene.live(name) or await scene.do(
        open_incident.declare, connection, open_incident.Report(by="bob", why="it stands still")
    )
    return found.id


async def test_a_runbook_that_nobody_used_for_a_year_is_a_finding_until_it_is_confirmed(
    scene: Scene,
) -> None:
    await scene.do(audit.tick)
    scene.later(366 * DAY)
    before = await scene.do(audit.view)
    await scene.do(walk.confirm, "generic", "alice")

    after = await scene.do(audit.view)

    assert "stale-runbooks" in {one.id for one in before.audit.findings.open}
    assert "stale-runbooks" not in {one.id for one in after.audit.findings.open}


def test_a_rule_that_argued_for_two_lanes_is_right_when_one_of_them_was() -> None:
    votes = [Vote(rule="release", lane=Lane.VENDOR), Vote(rule="release", lane=Lane.PUBLISHER)]

    assert judged(votes, Lane.VENDOR) == {"release": True}
    assert judged(votes, Lane.IT) == {"release": False}


def test_a_rule_wrong_once_or_twice_is_not_doubted_yet() -> None:
    votes = [Vote(rule="release", lane=Lane.VENDOR)]

    few = doubts(votes, Lane.VENDOR, [RuleVotes(rule="release", judged=2, wrong=2)])
    half = doubts(votes, Lane.VENDOR, [RuleVotes(rule="release", judged=8, wrong=4)])

    assert (few, half) == ((), ())


async def test_a_healthy_look_changes_no_count(scene: Scene) -> None:
    await scene.sees(Verdict.FAILING, Verdict.FAILING, Verdict.OK, Verdict.OK)

    assert await scene.run(lambda tx: tx.rule_votes()) == ()
