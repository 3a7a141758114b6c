"""Who may do what: every deed against everybody who may come, with what comes of it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.estate.lane import Lane, Layer
from bot.core.incidents.incident import State
from bot.core.incidents.review import CauseClass
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.core.people.permissions import RULES, Access, Deed, PermissionLevel, table
from bot.core.triage.lesson import Lesson
from bot.core.triage.playbook import ErrorClass, Retry
from bot.flows.incidents import counterparty, end, open_incident, respond
from bot.flows.incidents.grouping import merge, reopen
from bot.flows.monitoring import pauses
from bot.flows.people import permitted
from bot.flows.runbooks import drills, failed_records, walk
from bot.flows.triage import lessons
from bot.language.errors import BotError, NotAllowed, Unsure
from tests.builders import HOUR, MINUTE, a_connection, an_estate
from tests.flows import gates
from tests.flows.incidents.grouping.test_recover import ORDERS, STOCK, fails
from tests.flows.scene import Scene, played_once

pytestmark = pytest.mark.anyio
FAILING, OK = Verdict.FAILING, Verdict.OK

GUEST, STRANGER, HELPER, RUNG, OWNER, DATA_APPROVER, HOLDER = (
    *("slack:UGUEST", "charlie", "slack:UHELPS", "manager", "alice", "data-owner", "bob"),
)
EVERYBODY = (GUEST, STRANGER, HELPER, RUNG, OWNER, DATA_APPROVER, HOLDER)
DOES, ASKED, REFUSED = "does", "asked", "refused"
LESSON = Lesson(
    signature="frobnicator exploded with code",
    error_class=ErrorClass.CREDENTIALS,
    meaning="It exploded.",
    first_check="Look.",
    fix="Build it anew.",
    retry=Retry.AFTER_FIX,
    lane=Lane.IT,
    layer=Layer.TECHNICAL,
)


@played_once
async def broken() -> Scene:
    """Bob has it, and one whom nobody named helps; a guest is there as well."""
    scene = await Scene.open(an_estate(a_connection(), a_connection(id="stock", name="Stock")))
    await scene.run(lambda tx: tx.remember(permitted.FOREIGN, GUEST, "a guest"))
    await scene.sees(FAILING, FAILING)
    await scene.do(respond.acknowledge, 1, HOLDER)
    await scene.does_all_the_same(respond.acknowledge, 1, HELPER)
    await scene.post()
    return scene


@played_once
async def running_again() -> Scene:
    scene = await broken()
    await scene.sees(OK, OK)
    await scene.post()
    return scene


@played_once
async def over() -> Scene:
    scene = await running_again()
    await scene.do(respond.confirm_data, 1, DATA_APPROVER)
    await scene.post()
    return scene


@played_once
async def with_another() -> Scene:
    scene = await broken()
    connection = scene.knowledge.catalogue.connections["stock"]
    await scene.do(
        open_incident.declare, connection, open_incident.Report(by=OWNER, why="it is down")
    )
    return scene


@played_once
async def with_the_vendor() -> Scene:
    scene = await broken()
    await scene.do(respond.hand_over, 1, Lane.VENDOR, HOLDER)
    return scene


async def no_incident() -> Scene:
    scene = await Scene.open()
    await scene.run(lambda tx: tx.remember(permitted.FOREIGN, GUEST, "a guest"))
    return scene


def _review(scene: Scene, by: str) -> Awaitable[Any]:
    told = {"cause": CauseClass.DATA, "helped": "x", "follow_ups": ""}
    return scene.do(end.review, 1, **told, by=by)


def _orders(scene: Scene) -> Any:
    return scene.knowledge.catalogue.connections["orders"]


def _pause(scene: Scene, by: str) -> Awaitable[Any]:
    until = scene.now + HOUR
    return scene.do(pauses.pause, _orders(scene), until=until, why="the ERP is updated", by=by)


async def _stuck(scene: Scene, by: str) -> None:
    await scene.do(failed_records.assign, 1, "no such group", Layer.TECHNICAL, by)


Try = Callable[[Scene, str], Awaitable[Any]]
# What each of EVERYBODY comes to: guest, stranger, helper, rung, owner, judge, holder.
MATRIX: tuple[tuple[Deed, Callable[[], Awaitable[Scene]], Try, str], ...] = (
    (Deed.NOTE, broken, lambda s, by: s.do(respond.note, 1, by, "x"), "d d d d d d d"),
    (
        Deed.DECLARE,
        no_incident,
        lambda s, by: s.do(open_incident.declare, _orders(s), open_incident.Report(by=by, why="x")),
        "r d d d d d d",
    ),
    (Deed.TAKE, broken, lambda s, by: s.do(respond.acknowledge, 1, by), "r a d a a a d"),
    (
        Deed.HAND_OVER,
        broken,
        lambda s, by: s.do(respond.hand_over, 1, Lane.VENDOR, by),
        "r r r d d d d",
    ),
    (Deed.RESOLVE, broken, lambda s, by: s.do(respond.resolve, 1, by, "x"), "r r r d d d d"),
    (
        Deed.RESOLVE,
        broken,
        lambda s, by: s.do(respond.resolve_if_over, 1, by, "x"),
        "r r r a a a a",
    ),
    (
        Deed.SET_LANE,
        broken,
        lambda s, by: s.do(respond.set_lane, 1, Lane.IT, by, "x"),
        "r r r d d d d",
    ),
    (
        Deed.MERGE,
        with_another,
        lambda s, by: s.do(merge.merge, 2, into=1, by=by),
        "r r r d d d d",
    ),
    (
        Deed.CONFIRM_DATA,
        running_again,
        lambda s, by: s.do(respond.confirm_data, 1, by),
        "r r r r r d r",
    ),
    (
        Deed.CONFIRM_DATA,
        running_again,
        lambda s, by: s.do(respond.reject_data, 1, by, "half is missing"),
        "r r r r r d r",
    ),
    (
        Deed.REOPEN,
        over,
        lambda s, by: s.do(reopen.reopen, 1, by=by, why="orders are missing"),
        "r d d d d d d",
    ),
    (
        Deed.STEP,
        broken,
        lambda s, by: s.do(walk.answer, 1, step="erp", choice="yes", by=by),
        "r r d d d d d",
    ),
    (
        Deed.USE_RUNBOOK,
        broken,
        lambda s, by: s.do(walk.switch, 1, runbook="generic", by=by),
        "r r d d d d d",
    ),
    (
        Deed.HOLD,
        broken,
        lambda s, by: s.do(gates.hold, 1, step="erp", title="Is it up?", why="x", by=by),
        "r r d d d d d",
    ),
    (
        Deed.COUNTERPARTY,
        with_the_vendor,
        lambda s, by: s.do(counterparty.give_ticket, 1, "T-1", by),
        "r r d d d d d",
    ),
    (
        Deed.COUNTERPARTY,
        with_the_vendor,
        lambda s, by: s.do(counterparty.answered, 1, by),
        "r r d d d d d",
    ),
    (
        Deed.COUNTERPARTY,
        broken,
        lambda s, by: s.do(counterparty.joint_call_held, 1, "they look", by),
        "r r d d d d d",
    ),
    (Deed.REVIEW, over, _review, "r r d d d d d"),
    (Deed.TEACH, over, lambda s, by: s.do(lessons.propose, 1, LESSON, by), "r r d d d d d"),
    (Deed.RECORDS, broken, _stuck, "r r r n n n n"),
    (
        Deed.TAKE_BACK,
        broken,
        lambda s, by: s.do(open_incident.retract, _orders(s), by=by),
        "r r r n n n n",
    ),
    (Deed.DRILL, no_incident, lambda s, by: s.do(drills.start, _orders(s), by), "r r r r d d d"),
    (Deed.PAUSE, no_incident, _pause, "r r r r d d d"),
    (
        Deed.CONFIRM_RUNBOOK,
        no_incident,
        lambda s, by: s.do(walk.confirm, "generic", by),
        "r d d d d d d",
    ),
)
_WORDS = {"d": DOES, "a": ASKED, "r": REFUSED, "n": "not allowed for another reason"}


async def outcome(scene: Scene, attempt: Try, by: str) -> str:
    try:
        await attempt(scene, by)
    except Unsure:
        return ASKED
    except NotAllowed as refused:
        named = "‹p:" in str(refused) or "Ask somebody of the company" in str(refused)
        return REFUSED if named else f"refused without a name: {refused}"
    except BotError:
        return _WORDS["n"]
    return DOES


@pytest.mark.parametrize(
    ("deed", "stage", "attempt", "expected"), MATRIX, ids=lambda one: getattr(one, "name", None)
)
async def test_everybody_gets_what_the_table_says(
    deed: Deed, stage: Callable[[], Awaitable[Scene]], attempt: Try, expected: str
) -> None:
    found = []
    for by in EVERYBODY:
        async with await stage() as scene:
            found.append(await outcome(scene, attempt, by))

    assert found == [_WORDS[word] for word in expected.split()], deed


@pytest.mark.parametrize("deed", [one for one in Deed if one not in {Deed.LOOK, Deed.NOTE}])
def test_no_rule_lets_a_guest_do_more_than_look_and_note(deed: Deed) -> None:
    assert "anybody, guests too" not in {role.value for role in RULES[deed].may}


class TestAStranger:
    async def test_is_asked_first_and_then_helps_and_the_ladder_goes_on(self) -> None:
        async with await Scene.open() as scene:
            await scene.sees(FAILING, FAILING)
            await scene.post()

            with pytest.raises(Unsure, match="‹p:bob› was pinged, and is told"):
                await scene.do(respond.acknowledge, 1, STRANGER)
            assert (await scene.incident()).helpers == ()
            after = await scene.does_all_the_same(respond.acknowledge, 1, STRANGER)

            assert (after.state, after.holder) == (State.OPEN, None)
            assert after.helpers == (STRANGER,)
            said = await scene.said()
            assert {("channel", What.HELPING), ("person:bob", What.HELPING)} <= set(said)
            await scene.tick(20 * MINUTE)
            assert await scene.pinged() == ["alice"]

    async def test_takes_nothing_from_the_holder(self) -> None:
        async with await broken() as scene:
            await scene.does_all_the_same(respond.acknowledge, 1, STRANGER)

            assert (await scene.incident()).holder == HOLDER
            assert ("person:bob", What.HELPING) in await scene.said()

    async def test_who_helps_already_is_not_told_of_twice(self) -> None:
        async with await broken() as scene:
            before = await scene.kinds()
            await scene.do(respond.acknowledge, 1, HELPER)

            assert await scene.kinds() == before
            assert await scene.said() == []

    async def test_asks_the_owner_to_open_what_is_over_again(self) -> None:
        async with await over() as scene:
            with pytest.raises(BotError, match="in a few words what you see"):
                await scene.do(reopen.reopen, 1, by=STRANGER, why="because")
            after = await scene.do(reopen.reopen, 1, by=STRANGER, why="orders are missing")

            assert after.state is State.RESOLVED
            assert await scene.said() == [("person:alice", What.REOPEN_WANTED)]
            await scene.do(reopen.reopen, 1, by=OWNER, why="true, they are")
            assert (await scene.incident()).state is State.OPEN

    async def test_whoever_judges_the_data_of_a_part_is_asked_before_taking_the_whole(self) -> None:
        """An owner of one connection of many who was never pinged."""
        owners = replace(a_connection().owners, functional=STRANGER)
        stock = a_connection(id="stock", name="Stock", owners=owners)
        async with await Scene.open(an_estate(a_connection(), stock)) as scene:
            await scene.sees(FAILING, FAILING)
            await scene.do(
                open_incident.declare, stock, open_incident.Report(by=OWNER, why="it is down")
            )
            await scene.do(merge.merge, 2, into=1, by=OWNER)

            with pytest.raises(Unsure):
                await scene.do(respond.acknowledge, 1, STRANGER)


class TestTakingOver:
    async def test_is_asked_and_the_former_holder_is_told(self) -> None:
        async with await broken() as scene:
            with pytest.raises(Unsure, match="‹p:bob› has INC-1"):
                await scene.do(respond.acknowledge, 1, OWNER)
            after = await scene.does_all_the_same(respond.acknowledge, 1, OWNER)

            assert after.holder == OWNER
            assert ("person:bob", What.TAKEN_OVER) in await scene.said()


class TestTheSettings:
    @pytest.mark.parametrize(
        ("level", "expected"),
        [
            (PermissionLevel.LOOK, REFUSED),
            (PermissionLevel.HELP, ASKED),
            (PermissionLevel.TAKE, DOES),
        ],
    )
    async def test_say_what_those_may_whom_nobody_named(
        self, level: PermissionLevel, expected: str
    ) -> None:
        for by, access in ((STRANGER, Access(others=level)), (GUEST, Access(guests=level))):
            async with await Scene.open() as scene:
                await scene.run(lambda tx: tx.remember(permitted.FOREIGN, GUEST, "a guest"))
                scene.knowledge = replace(scene.knowledge, access=access)
                await scene.sees(FAILING, FAILING)

                found = await outcome(scene, lambda s, by: s.do(respond.acknowledge, 1, by), by)

                assert found == expected, by

    async def test_never_keep_out_whoever_is_named(self) -> None:
        async with await Scene.open() as scene:
            scene.knowledge = replace(scene.knowledge, access=Access(others=PermissionLevel.LOOK))
            connection = _orders(scene)

            await scene.do(
                open_incident.declare, connection, open_incident.Report(by="bob", why="it is down")
            )

            assert (await scene.live()) is not None


def test_the_published_table_is_the_one_in_force() -> None:
    page = Path(__file__).parents[3] / "docs" / "permissions.md"

    assert table() in page.read_text(encoding="utf-8")


async def test_an_incident_of_several_is_named_and_not_one_of_its_connections() -> None:
    async with await Scene.open(an_estate(ORDERS, STOCK)) as scene:
        for one in (ORDERS, STOCK):
            await fails(scene, one.id)

        with pytest.raises(NotAllowed, match="named for INC-1 may"):
            await scene.do(respond.resolve, 1, "slack:UHELPS", "it is over")
