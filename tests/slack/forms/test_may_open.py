"""Every form, asked for by everybody who may come: it opens exactly for those who may send it, and
whoever may not reads at once what sending it would have told them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial

import pytest

from bot.core.changes.change_request import ChangeKind
from bot.core.incidents.incident import State
from bot.core.outbox.received import SlackUser
from bot.flows.changes import change_requests
from bot.flows.governance import attestation
from bot.flows.incidents.grouping import merge
from bot.flows.people import permitted
from bot.flows.runbooks import drills
from bot.flows.triage import lessons
from bot.language.errors import BotError, Unsure
from bot.slack import permissions
from bot.slack.forms.form import FORMS as EVERY
from bot.slack.forms.sending import open_form, open_to, send
from bot.slack.handler import Body, Handler
from bot.slack.ids import Action
from bot.slack.incidents.forms import HandOver, UseRunbook
from bot.slack.incidents.merge_and_reopen import Merge
from bot.slack.platform.gateway import Refusal
from bot.slack.registry import ACTIONS
from tests.builders import HOUR, NOW, an_incident
from tests.flows import gates
from tests.flows.changes import test_change_requests as test_changes
from tests.flows.governance import test_credential_expiry as test_expiry
from tests.flows.people.test_permissions import (
    DATA_APPROVER,
    GUEST,
    HOLDER,
    LESSON,
    OWNER,
    STRANGER,
    broken,
    no_incident,
    over,
    running_again,
    with_another,
    with_the_vendor,
)
from tests.flows.runbooks import test_held_steps
from tests.flows.scene import Scene, played_once
from tests.slack.conftest import Bench
from tests.slack.people.test_permissions import Shown
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio
WHO = (HOLDER, OWNER, DATA_APPROVER, STRANGER, GUEST)  # the holder is the first responder
Stage = Callable[[], Awaitable[Scene]]


@played_once
async def held() -> Scene:
    scene = await broken()
    await scene.do(gates.hold, 1, step="erp", title="Is it up?", why="x", by=HOLDER)
    return scene


@played_once
async def together() -> Scene:
    scene = await with_another()
    await scene.do(merge.merge, 2, into=1, by=OWNER)
    return scene


@played_once
async def rehearsed() -> Scene:
    scene = await no_incident()
    orders = scene.knowledge.catalogue.connections["orders"]
    await scene.do(drills.start, orders, OWNER)
    return scene


@played_once
async def taught() -> Scene:
    scene = await over()
    await scene.do(lessons.propose, 1, LESSON, HOLDER)
    return scene


@played_once
async def awaited() -> Scene:
    """A step waits for the word of who owns the data."""
    scene = await test_held_steps.stage()
    await scene.tick()
    return scene


@played_once
async def asked_whose() -> Scene:
    scene = await no_incident()
    await scene.do(attestation.start)
    return scene


@played_once
async def with_key() -> Scene:
    return await Scene.open(test_expiry.estate(test_expiry.a_key()))


async def released() -> Scene:
    return await Scene.open(test_changes.releasing())


@played_once
async def proposed() -> Scene:
    scene = await Scene.open()
    await test_changes.proposed(scene)
    return scene


@played_once
async def done() -> Scene:
    scene = await proposed()
    await test_changes.approved(scene)
    scene.later(24 * HOUR)
    await scene.do(change_requests.implement, 1, "bob")
    return scene


@played_once
async def documented() -> Scene:
    scene = await done()
    await scene.do(change_requests.document, 1, "bob", "the wiki")
    return scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`may` says it for each of `WHO`: y or n. `fields` are what is filled in."""

    stage: Stage
    may: str
    carried: str = "1"
    fields: Mapping[str, str] = field(default_factory=dict)


WHY = {"why": "because"}
ENTRY = {
    **{key: str(value) for key, value in asdict(LESSON).items()},
    "class": LESSON.error_class.value,
}
FORMS: Mapping[str, Form] = {
    "modal:hand_over": Form(stage=broken, may="yyynn", fields={"lane": "vendor"}),
    "modal:resolve": Form(stage=broken, may="yyynn", fields={"how": "restarted"}),
    "modal:reject_data": Form(stage=running_again, may="nnynn", carried="1|orders", fields=WHY),
    "modal:note": Form(stage=broken, may="yyyyy", fields={"text": "seen"}),
    "modal:lane": Form(stage=broken, may="yyynn", fields={"lane": "it", **WHY}),
    "modal:runbook": Form(stage=broken, may="yyynn", fields={"runbook": "generic"}),
    "modal:skip": Form(stage=broken, may="yyynn", carried="1|erp", fields=WHY),
    "modal:hold": Form(stage=broken, may="yyynn", carried="1|erp", fields=WHY),
    "modal:release": Form(stage=held, may="yynnn", carried="1|erp|1", fields=WHY),
    "modal:hold_deny": Form(stage=held, may="yynnn", carried="1|erp|1", fields=WHY),
    "modal:approve": Form(stage=awaited, may="nnynn", fields=WHY),
    "modal:deny": Form(stage=awaited, may="nnynn", fields=WHY),
    "modal:declare": Form(
        stage=no_incident, may="yyyyn", carried="", fields={"connection": "orders", **WHY}
    ),
    "modal:successor": Form(stage=asked_whose, may="nynnn", fields={"to": "U0BOB"}),
    "modal:timeline": Form(stage=broken, may="yyyyy"),
    "modal:ticket": Form(stage=with_the_vendor, may="yyynn", fields={"ticket": "T-1"}),
    "modal:joint_held": Form(stage=broken, may="yyynn", fields={"note": "they look"}),
    "modal:review": Form(stage=over, may="yyynn", fields={"cause": "data", "helped": "a key"}),
    "modal:reopen": Form(stage=over, may="yyyyn", fields={"why": "orders are missing"}),
    "modal:merge": Form(stage=with_another, may="yyynn", carried="2", fields={"into": "1"}),
    "modal:split": Form(stage=together, may="yyynn", fields={"connection": "stock"}),
    "modal:rotated": Form(stage=with_key, may="yyynn", carried=test_expiry.KEY),
    "modal:drill_end": Form(stage=rehearsed, may="yyynn", fields={"triaged": "yes"}),
    "modal:teach": Form(stage=over, may="yyynn", fields=ENTRY),
    "modal:lesson_edit": Form(stage=taught, may="nynnn", fields=ENTRY),
    "modal:lesson_reject": Form(stage=taught, may="nynnn", fields=WHY),
    "modal:change": Form(
        stage=no_incident,
        may="yyyyn",
        carried="orders|",
        fields={
            **dict.fromkeys(("what", "why", "impact", "sandbox", "rollback"), "as always"),
            "kind": ChangeKind.NORMAL,
        },
    ),
    "modal:change_reject": Form(stage=proposed, may="nnynn", fields=WHY),
    "modal:change_ask": Form(stage=proposed, may="nnynn", fields={"question": "Which?"}),
    "modal:change_answer": Form(
        stage=proposed, may="yyynn", carried="1|data-owner", fields={"answer": "This."}
    ),
    "modal:change_document": Form(stage=done, may="yyynn", fields={"where": "the wiki"}),
    "modal:change_close": Form(stage=documented, may="yyynn", fields={"result": "worked"}),
    "modal:trial": Form(
        stage=released, may="nyynn", carried="problem|orders|erp/26", fields={"note": "Tax"}
    ),
}


def test_every_form_has_a_gate() -> None:
    assert Action.TIMELINE in ACTIONS  # every wing is known
    assert set(FORMS) == set(EVERY)


@pytest.mark.parametrize("modal", FORMS)
async def test_a_form_opens_for_whoever_may_send_it_and_says_to_others_who_may(
    bench: Bench, modal: str
) -> None:
    form, may = FORMS[modal], ""
    bob = SlackUser(person="bob", address="bob@example.com", user="U0BOB")
    await bench.runtime.store.run(lambda tx: tx.save_slack_user(bob))
    async with await form.stage() as untouched:
        told = {
            by: await refusal(bench, untouched, form, by, partial(asked_for, modal)) for by in WHO
        }
    for by, opened in told.items():
        async with await form.stage() as scene:
            sent = await refusal(bench, scene, form, by, partial(filled_in, modal))
        assert opened == sent, by
        may += "n" if opened else "y"

    assert may == form.may


Try = Callable[[Handler, Form, str], Awaitable[None]]


async def refusal(bench: Bench, scene: Scene, form: Form, by: str, attempt: Try) -> str:
    """What `by` is told; empty when they may."""
    await scene.run(lambda tx: tx.remember(permitted.FOREIGN, GUEST, "a guest"))
    handler = handler_at(bench)
    handler.runtime = replace(
        handler.runtime,
        store=scene.store,
        knowledge=lambda: scene.knowledge,
        clock=lambda: scene.now,
    )
    try:
        await attempt(handler, form, by)
    except Unsure:
        return ""
    except BotError as error:
        return str(error)
    return ""


async def asked_for(modal: str, handler: Handler, form: Form, by: str) -> None:
    """Slack opens nothing for a trigger of ours: then it would have been opened."""
    await permissions.admit(handler, EVERY[modal].deed, by)
    view = {"type": "modal", "callback_id": modal, "blocks": []}
    view["private_metadata"] = form.carried
    with pytest.raises(Refusal, match=r"views\.open"):
        await open_form(handler, {"trigger_id": "T1"}, lambda *_: view, by=by)


@pytest.mark.parametrize("stage", [broken, together])
async def test_more_opens_for_whoever_may_do_any_of_it_and_refuses_as_each_of_its_buttons_does(
    bench: Bench, stage: Stage
) -> None:
    form, may = Form(stage=stage, may="yyynn"), ""
    async with await stage() as scene:
        for by in WHO:
            opened = await refusal(bench, scene, form, by, asked_for_more)
            pressed = await refusal(bench, scene, form, by, pressed_runbook)
            assert bool(opened) == bool(pressed), by
            assert pressed in opened, by
            assert not opened or "merge or split it" in opened, by
            may += "n" if opened else "y"

    assert may == form.may


async def pressed_runbook(handler: Handler, form: Form, by: str) -> None:
    await permissions.admit(handler, permissions.deed_of(Action.RUNBOOK), by, form.carried)
    await asked_for("modal:runbook", handler, form, by)


async def asked_for_more(handler: Handler, form: Form, by: str) -> None:
    offered = await open_to(handler, (UseRunbook, Merge), form.carried, by)
    assert offered == [UseRunbook, Merge]


async def filled_in(modal: str, handler: Handler, form: Form, by: str) -> None:
    await permissions.admit(handler, EVERY[modal].deed, by)
    at = int(handler.runtime.clock().timestamp())
    chosen = {"selected_date": "2027-12-01", "selected_date_time": at}
    values = {name: {"x": {"value": said, **chosen}} for name, said in form.fields.items()}
    values |= {name: {"x": chosen} for name in ("ends", "at")}
    body: Body = {"view": {"private_metadata": form.carried, "state": {"values": values}}}
    await send(handler, EVERY[modal](body), by)


async def test_whoever_presses_in_vain_reads_so_without_a_form(bench: Bench) -> None:
    runs = an_incident(id=0, state=State.VERIFYING, asked=True, recovered_at=NOW)
    await bench.runtime.store.run(lambda tx: tx.add_incident(runs))
    shown = Shown(bench=bench)

    said, _ = await shown.pressed(Action.REJECT_DATA, shown.origin)

    assert "Only whoever judges the data of Shop orders may say whether its data is right" in said
    assert bench.standin.services.log.of("views.open") == []


async def test_a_form_that_can_only_explain_is_opened_too(bench: Bench) -> None:
    """Nobody is named for any lane: no form can be sent, but who pressed reads why."""
    await bench.runtime.store.run(lambda tx: tx.add_incident(an_incident(id=0)))
    form = HandOver.shown(an_incident(), ())

    with pytest.raises(Refusal, match=r"views\.open"):
        await open_form(handler_at(bench), {"trigger_id": "T1"}, lambda *_: form, by="alice")
