"""Whatever changes, everything that stands in Slack about a live incident says what the record says
now: its card, its steps and every direct message."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Catalogue, Credential, Owners
from bot.core.estate.lane import Lane
from bot.core.estate.windows import Once, Window
from bot.core.incidents.review import CauseClass
from bot.core.knowledge import Knowledge
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.core.runbooks.gate import Decision
from bot.core.runbooks.runbook import EvidenceKind, Runbook, Step, StepAnswer
from bot.core.triage.playbook import ErrorClass, Playbook
from bot.flows import handle_absence
from bot.flows.incidents import end, respond
from bot.flows.incidents.grouping import reopen
from bot.flows.runbooks import walk
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_check,
    a_connection,
    an_estate,
    knowledge_of,
    saw,
)
from tests.core.triage.test_suggest import entry
from tests.flows import gates
from tests.slack.wall import Wall, wall

pytestmark = pytest.mark.anyio
OK, FAILING, DEGRADED, UNKNOWN = Verdict.OK, Verdict.FAILING, Verdict.DEGRADED, Verdict.UNKNOWN
DOWN, LOGIN, MISSING = "it-is-down", "login-refused", "no-such-code"
BOOK = Playbook(
    entries=(
        entry(DOWN, ErrorClass.PLATFORM_OUTAGE, lane=Lane.PUBLISHER),
        entry(LOGIN, ErrorClass.CREDENTIALS),
        entry(MISSING, ErrorClass.MASTER_DATA),
    )
)


def a_step(id: str, then: str | None) -> Step:
    """With all evidence there is, and two ways on."""
    further = StepAnswer(id="yes", label="Yes", to=then, because="" if then else "It is over.")
    ends = StepAnswer(id="no", label="No", because="Nobody has to act.")
    return Step(
        id=id,
        title=id,
        ask="Is it?",
        why="",
        evidence=tuple(EvidenceKind),
        answers=(further, ends),
    )


WALK = Runbook(
    id="generic",
    name="Generic",
    summary="",
    steps=(a_step("first", "second"), a_step("second", "third"), a_step("third", None)),
)
BACKUP = Window(name="Backup", when=Once(start=NOW + 30 * MINUTE, end=NOW + 55 * MINUTE))


def estate() -> Catalogue:
    """Orders, returns and stock share both ends; the payouts share only the ERP with them."""
    key = Credential(id="key", name="Shop key", owner="alice", expires=(NOW + 20 * DAY).date())
    return an_estate(
        a_connection(credentials=(key,), ladder=(), entities=("orders",)),
        a_connection(id="returns", name="Returns", checks=(a_check(connection="returns"),)),
        a_connection(
            id="stock",
            name="Stock",
            owners=Owners(technical="charlie", functional="charlie"),
            checks=(a_check(connection="stock"),),
            depends_on=("orders",),
        ),
        a_connection(
            id="payouts",
            name="Payouts",
            source="erp",
            target="bank",
            checks=(a_check(connection="payouts"),),
        ),
        windows=(BACKUP,),
    )


def the_estate() -> Knowledge:
    return replace(knowledge_of(estate()), playbook=BOOK, runbooks={"generic": WALK})


def a_wall() -> AbstractAsyncContextManager[Wall]:
    known = the_estate()
    return wall(known.catalogue, known)


Deed = Callable[[Wall], Awaitable[object]]


def fails(
    connection: str = "orders", text: str = LOGIN, *, waiting: int = 0, times: int = 1
) -> Deed:
    """Looks that find 30 records refused with `text`."""

    async def deed(wall: Wall) -> None:
        for _ in range(times):
            queue = (
                {Signal.QUEUE_DEPTH: float(waiting), Signal.QUEUE_OLDEST: NOW} if waiting else {}
            )
            failed = (FailedRecords(text=text, count=30, oldest_at=NOW),)
            signals = {
                Signal.FAILED: 30.0,
                Signal.LAST_SUCCESS: NOW - HOUR,
                Signal.LAST_ATTEMPT: wall.now,
                **queue,
            }
            seen = Reading(at=wall.now, signals=signals, failed=failed)
            await wall.records(seen, check=f"{connection}/api")
            wall.later(MINUTE)

    return deed


def looks(verdict: Verdict, connection: str = "orders") -> Deed:
    async def deed(wall: Wall) -> None:
        for _ in range(2):
            await wall.records(saw(verdict, wall.now), check=f"{connection}/api")
            wall.later(MINUTE)

    return deed


def does(flow: Callable[..., object], *args: object, **named: object) -> Deed:
    async def deed(wall: Wall) -> None:
        await wall.do(flow, *args, **named)

    return deed


def passes(span: timedelta) -> Deed:
    async def deed(wall: Wall) -> None:
        await wall.tick(span)

    return deed


def answers(step: str, choice: str) -> Deed:
    return does(walk.answer, 1, step=step, choice=choice, by="bob")


BREAKS = fails(times=2)
LEARNT = {"cause": CauseClass.CREDENTIAL, "helped": "a new key", "follow_ups": ""}
RUNS = looks(OK)
STORIES: dict[str, list[tuple[str, Deed]]] = {
    "one incident from the first look to the end": [
        ("it fails", BREAKS),
        ("the same again", fails()),
        ("another error", fails(text=DOWN)),
        ("a text that nobody knows", fails(text="E-4711: something new")),
        ("more wait", fails(text="E-4711: something new", waiting=57)),
        ("Bob has it", does(respond.acknowledge, 1, "bob")),
        ("an hour and a quarter of silence", passes(48 * MINUTE)),
        ("he is still on it", does(respond.still_on_it, 1, "bob")),
        ("the data are at fault", fails(text=MISSING, waiting=12)),
        ("a step is answered", answers("first", "yes")),
        ("the next is held", does(gates.hold, 1, step="second", title="x", why="w", by="bob")),
        (
            "and released",
            does(gates.decide_hold, 1, Decision.RELEASED, step="second", by="alice", reason="ok"),
        ),
        ("the lane is set", does(respond.set_lane, 1, Lane.VENDOR, "bob", "theirs")),
        ("handed over", does(respond.hand_over, 1, Lane.VENDOR, "bob")),
        ("it cannot be seen", looks(UNKNOWN)),
        ("it runs", RUNS),
        ("an answer is awaited for an hour", passes(61 * MINUTE)),
        ("it fails again", fails(text=DOWN, times=2)),
        ("it runs again", RUNS),
        ("the data is wrong", does(respond.reject_data, 1, "data-owner", "doubles")),
        ("Bob takes it", does(respond.acknowledge, 1, "bob")),
        ("the data is right", does(respond.confirm_data, 1, "data-owner")),
    ],
    "others that share something break and run": [
        ("orders fail", BREAKS),
        ("the payouts fail otherwise", fails("payouts", MISSING, times=2)),
        ("the stock cannot be seen", looks(UNKNOWN, "stock")),
        ("the stock is degraded", looks(DEGRADED, "stock")),
        ("the stock fails like nothing else", fails("stock", "E-1: other", times=2)),
        ("Alice ends the payouts", does(respond.resolve, 2, "alice", "called the bank")),
        (
            "and reviews them",
            does(end.review, 2, **LEARNT, by="alice"),
        ),
        ("the stock runs", looks(OK, "stock")),
        ("its data is right", does(respond.confirm_data, 3, "charlie")),
        ("the payouts fail again", fails("payouts", MISSING, times=2)),
        ("the stock fails again", fails("stock", "E-1: other", times=2)),
    ],
    "several connections with one cause": [
        ("orders fail", fails(text=DOWN, times=2)),
        ("returns fail alike", fails("returns", DOWN, times=2)),
        ("their error changes", fails("returns", "E-9: other", waiting=5)),
        ("a stranger helps", does(respond.acknowledge, 1, "alice")),
        ("orders run", RUNS),
        ("other records wait", fails("returns", "E-9: other", waiting=9)),
        ("returns run", looks(OK, "returns")),
        ("half of the data is right", does(respond.confirm_data, 1, "data-owner", of="orders")),
        ("returns fail again", fails("returns", DOWN, times=2)),
        ("returns run again", looks(OK, "returns")),
        (
            "the data of the returns is wrong",
            does(respond.reject_data, 1, "data-owner", "gaps", of="returns"),
        ),
        (
            "somebody covers for the owner",
            does(
                handle_absence.enter,
                person="data-owner",
                stand_in="charlie",
                until=NOW + DAY,
                by="data-owner",
            ),
        ),
        ("the cover is over", passes(DAY)),
    ],
    "time alone passes": [
        ("orders fail", BREAKS),
        ("Bob has it", does(respond.acknowledge, 1, "bob")),
        ("before the backup", passes(20 * MINUTE)),
        ("the backup begins, its window opens", passes(20 * MINUTE)),
        ("and is over", passes(20 * MINUTE)),
        ("it runs", RUNS),
        ("the login expired meanwhile", passes(20 * DAY)),
        ("a tick later", passes(MINUTE)),
    ],
    "one incident is told of on the card of another": [
        ("orders fail", BREAKS),
        ("the payouts fail with the same kind of error", fails("payouts", times=2)),
        ("Bob ends the first", does(respond.resolve, 1, "bob", "a new key")),
        ("and reviews it", does(end.review, 1, **LEARNT, by="bob")),
        ("it was not over", does(reopen.reopen, 1, by="alice", why="still there")),
    ],
    "an answer is taken back": [
        ("orders fail", BREAKS),
        ("the first step leads to the second", answers("first", "yes")),
        ("and that to the end", answers("second", "no")),
        ("the first answer is taken back", does(walk.take_back, 1, step="first", by="bob")),
        ("and given again", answers("first", "yes")),
        ("another way", does(walk.take_back, 1, step="first", by="bob")),
        ("ends at once", answers("first", "no")),
    ],
    "ended and opened again": [
        ("orders fail", BREAKS),
        ("Bob ends it", does(respond.resolve, 1, "bob", "restarted")),
        ("it was not over", does(reopen.reopen, 1, by="alice", why="still there")),
        ("a look", fails(text=DOWN)),
    ],
}


@pytest.mark.parametrize("story", STORIES)
async def test_after_every_step_all_that_stands_is_what_the_record_says(story: str) -> None:
    async with a_wall() as wall:
        wrong: list[str] = []
        for step, deed in STORIES[story]:
            await deed(wall)
            await wall.settles()
            stale = await wall.stale()
            wrong += [f"after “{step}”, {name}:\n{how}" for name, how in stale.items()]
        assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "anew",
    [
        [RUNS, does(respond.reject_data, 1, "data-owner", "doubles")],
        [
            does(respond.resolve, 1, "bob", "restarted"),
            does(reopen.reopen, 1, by="alice", why="still there"),
        ],
    ],
    ids=["the data is wrong", "opened again"],
)
async def test_only_the_newest_ping_to_a_person_has_buttons(anew: list[Deed]) -> None:
    async with a_wall() as wall:
        for deed in (BREAKS, *anew):
            await deed(wall)
            await wall.settles()

        *old, newest = await wall.said_to("bob", What.PING)
        assert old
        assert "Acknowledge" in newest
        assert not any("actions" in one for one in old)
        assert all("INC-1: you were pinged again" in one for one in old)


class TestSlowCalls:
    """What happens while Slack takes its time is not overwritten by what was so before."""

    async def test_the_owners_question_is_not_overwritten_by_who_has_it(self) -> None:
        """Bob takes it, which is shown by slow calls; meanwhile it runs and the owner is asked."""
        async with a_wall() as wall:
            await BREAKS(wall)
            await wall.settles()
            held = wall.proxy.holds("chat.update")
            await wall.do(respond.acknowledge, 1, "bob")
            showing = asyncio.create_task(wall.sender.send_due())
            await wall.proxy.waits("chat.update")
            await RUNS(wall)
            asking = asyncio.create_task(wall.sender.send_due())
            while not (said := await wall.said_to("data-owner", What.CONFIRM_DATA)):
                continue
            held.set()
            await asyncio.gather(showing, asking)

            assert "Is the data right?" in said[0]
            assert await wall.said_to("data-owner", What.CONFIRM_DATA) == said
            await wall.settles()
            assert await wall.stale() == {}

    async def test_what_is_left_is_written_of_what_came_meanwhile_and_edited_once(self) -> None:
        """Bob takes it and lets go again while Slack still takes the first edit."""
        async with a_wall() as wall:
            await BREAKS(wall)
            await wall.settles()
            log = wall.standin.services.log
            before = len(log.of("chat.update"))
            held = wall.proxy.holds("chat.update")
            await wall.do(respond.acknowledge, 1, "bob")
            showing = asyncio.create_task(wall.sender.send_due())
            await wall.proxy.waits("chat.update")
            await wall.do(respond.resolve, 1, "bob", "a new key")
            held.set()
            await showing
            await wall.settles()

            _, *others = log.of("chat.update")[before:]
            edits = Counter((call.args["channel"], call.args["ts"]) for call in others)
            assert len(edits) > 2
            assert set(edits.values()) == {1}
            assert await wall.stale() == {}
