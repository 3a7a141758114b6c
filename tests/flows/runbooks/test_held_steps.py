"""Steps that wait for an owner's word, call a webhook, or take too long."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.core.estate.check_spec import Webhook
from bot.core.outbox.notice import What
from bot.core.runbooks.gate import Decision
from bot.core.runbooks.runbook import Runbook, Step, StepAnswer
from bot.core.runbooks.step_kinds import DeedKind, StepDeed, StepKind, Wait
from bot.core.runbooks.webhook_calls import HookOutcome, RunState
from bot.flows import views
from bot.flows.incidents import open_incident
from bot.flows.runbooks import walk, webhook_calls
from bot.language.errors import NotAllowed, Refused
from tests.builders import HOUR, MINUTE, a_connection, an_estate
from tests.flows import gates
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

HOOK = Webhook(id="resend", url="https://hooks.example.com/x", resends=True)


def a_book(**changes: object) -> Runbook:
    step = Step(
        id="send",
        title="Send them again",
        ask="Send the waiting records again?",
        why="",
        kind=StepKind.ACTION,
        deed=StepDeed(kind=DeedKind.WEBHOOK, hook="resend"),
        answers=(StepAnswer(id="sent", label="Sent", because="They are on their way."),),
    )
    return Runbook(id="generic", name="Generic", summary="", steps=(replace(step, **changes),))


async def stage(hook: Webhook = HOOK, **changes: object) -> Scene:
    """A payment connection whose runbook begins with the step that sends records again."""
    connection = a_connection(entities=("payments",))
    scene = await Scene.open(an_estate(connection, webhooks={hook.id: hook}))
    scene.knowledge = replace(scene.knowledge, runbooks={"generic": a_book(**changes)})
    await scene.do(
        open_incident.declare,
        connection,
        open_incident.Report(by="bob", why="payments stand still"),
    )
    await scene.tick()
    return scene


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with await stage() as opened:
        yield opened


@pytest.fixture
async def free() -> AsyncIterator[Scene]:
    """The same with a webhook that sends nothing again."""
    async with await stage(replace(HOOK, resends=False)) as opened:
        yield opened


async def begun(scene: Scene, seen: int = 0, by: str = "bob") -> webhook_calls.Begun:
    return await scene.do(webhook_calls.begin, 1, step="send", seen=seen, by=by)


async def test_money_waits_for_the_functional_owner_by_name(scene: Scene) -> None:
    said = await scene.said()
    view = await scene.do(views.incident_view, 1)

    assert ("person:data-owner", What.APPROVAL_WANTED) in said
    assert view.steps[-1].approval.owner == "data-owner"
    assert "held" in await scene.kinds()


async def test_the_owner_is_asked_once(scene: Scene) -> None:
    await scene.tick(MINUTE)
    await scene.tick(MINUTE)

    assert len(await scene.do(gates.approvals, 1)) == 1


async def test_a_held_step_is_neither_answered_nor_run_but_can_be_skipped(scene: Scene) -> None:
    with pytest.raises(Refused, match="is held until"):
        await scene.do(walk.answer, 1, step="send", choice="sent", by="bob")
    with pytest.raises(Refused, match="is held until"):
        await begun(scene)

    assert await scene.do(walk.answer, 1, step="send", choice="skip", by="bob", note="done by hand")


async def test_only_the_owner_approves_and_then_it_runs(scene: Scene) -> None:
    with pytest.raises(NotAllowed, match="Only the functional owner"):
        await scene.do(gates.approve, 1, "charlie")
    await scene.do(gates.approve, 1, "data-owner")

    run = (await begun(scene)).run

    assert run.state is RunState.RUNNING
    assert [entry.by for entry in await scene.timeline() if entry.kind == "approved"] == [
        "data-owner"
    ]


async def test_a_denial_needs_a_reason_and_shuts_the_webhook(scene: Scene) -> None:
    with pytest.raises(Refused, match="Say why"):
        await scene.do(gates.deny, 1, "data-owner", " ")
    await scene.do(gates.deny, 1, "data-owner", "paid by hand")

    with pytest.raises(Refused, match="paid by hand"):
        await begun(scene)


async def test_what_sends_nothing_again_waits_for_nobody(free: Scene) -> None:
    assert await free.do(gates.approvals, 1) == ()
    assert (await begun(free)).hook.id == "resend"


async def test_what_a_person_held_is_not_called_either(free: Scene) -> None:
    held = {"step": "send", "title": "Send them again"}
    await free.do(gates.hold, 1, **held, why="the bank looks first", by="bob")
    with pytest.raises(Refused, match=r"the bank looks first .* Nothing was sent"):
        await begun(free)
    await free.do(gates.decide_hold, 1, Decision.DENIED, step="send", by="alice", reason="no")
    with pytest.raises(Refused, match=r"was denied by ‹p:alice› .* Nothing was sent"):
        await begun(free)

    await free.do(gates.decide_hold, 1, Decision.RELEASED, step="send", by="alice", reason="")

    assert (await begun(free)).run.state is RunState.RUNNING


async def test_a_wait_that_is_over_waits_for_the_word_that_its_step_needs() -> None:
    wait = Wait(span=HOUR, then="sent")
    async with await stage(kind=StepKind.WAIT, deed=None, wait=wait, resends=True) as scene:
        await scene.tick(2 * HOUR)

        assert await scene.do(walk.present_step, 1) == "send"

        await scene.do(gates.approve, 1, "data-owner")
        await scene.tick(MINUTE)

        assert await scene.do(walk.present_step, 1) is None


async def test_a_second_click_calls_nothing(free: Scene) -> None:
    first = await begun(free)

    with pytest.raises(Refused, match="Nothing was sent twice"):
        await begun(free)
    await free.do(
        webhook_calls.finish,
        first.run.id,
        HookOutcome(state=RunState.DONE, status=200, said="HTTP 200 OK"),
    )
    with pytest.raises(Refused, match="Nothing was sent twice"):
        await begun(free)
    assert (await begun(free, seen=1)).run.id == 2


async def test_a_call_that_a_crash_interrupted_is_unknown_and_not_repeated(free: Scene) -> None:
    await begun(free)
    await free.tick(5 * MINUTE)

    (run,) = await free.run(lambda tx: tx.hook_runs_of(1))
    view = await free.do(views.incident_view, 1)

    assert (run.state, view.steps[-1].runs) == (RunState.UNKNOWN, (run,))
    assert "look before you run it again" in run.said
    assert await free.tick(HOUR) >= 0
    assert len(await free.run(lambda tx: tx.hook_runs_of(1))) == 1


async def test_a_late_answer_of_a_lost_call_still_counts(free: Scene) -> None:
    run = (await begun(free)).run
    await free.tick(5 * MINUTE)
    done = HookOutcome(state=RunState.DONE, status=202, said="HTTP 202 Accepted")
    await free.do(webhook_calls.finish, run.id, done)

    (known,) = await free.run(lambda tx: tx.hook_runs_of(1))

    assert (known.state, known.status) == (RunState.DONE, 202)


async def test_a_visitor_runs_nothing(free: Scene) -> None:
    with pytest.raises(NotAllowed, match="Only somebody named"):
        await begun(free, by="charlie")
    assert await free.run(lambda tx: tx.hook_runs_of(1)) == ()


async def test_a_webhook_that_nobody_configured_is_named() -> None:
    async with await stage(replace(HOOK, id="another", resends=False)) as scene:
        with pytest.raises(Exception, match="No webhook “resend” is configured"):
            await begun(scene)


async def test_a_late_step_reminds_the_responder_then_the_channel_each_once() -> None:
    async with await stage(replace(HOOK, resends=False), within=10 * MINUTE) as scene:
        await scene.post()
        reminded = []
        for _ in range(5):
            await scene.tick(6 * MINUTE)
            reminded.append([to for to, what in await scene.said() if what is What.STEP_LATE])

        assert reminded == [[], ["person:bob"], [], ["channel"], []]


async def test_nobody_is_reminded_while_an_owner_is_asked() -> None:
    async with await stage(within=10 * MINUTE) as scene:
        await scene.tick(HOUR)

        assert What.STEP_LATE not in {what for _, what in await scene.said()}


async def test_what_a_person_held_reminds_nobody_before_it_is_released() -> None:
    hook = replace(HOOK, resends=False)
    async with await stage(hook, within=10 * MINUTE) as scene:
        held = {"step": "send", "title": "Send them again"}
        await scene.do(gates.hold, 1, **held, why="the bank looks first", by="bob")
        await scene.tick(HOUR)
        assert What.STEP_LATE not in {what for _, what in await scene.said()}

        release = {"step": "send", "by": "alice", "reason": ""}
        await scene.do(gates.decide_hold, 1, Decision.RELEASED, **release)
        await scene.tick(MINUTE)

        assert What.STEP_LATE in {what for _, what in await scene.said()}
