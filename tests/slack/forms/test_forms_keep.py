"""Whatever is filled in makes a difference: it is on the record, or its field says why not."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.core.changes.change_request import ChangeKind
from bot.core.estate.lane import Lane
from bot.core.outbox.received import SlackUser
from bot.flows.incidents import respond
from bot.language.errors import BotError
from bot.slack.forms.form import FORMS as EVERY
from bot.slack.forms.sending import send
from bot.slack.handler import Body
from bot.store.tx import Tx
from tests.builders import HOUR, NOW
from tests.flows.people.test_permissions import (
    HOLDER,
    OWNER,
    broken,
    no_incident,
    over,
    with_the_vendor,
)
from tests.flows.scene import Scene
from tests.slack.conftest import Bench
from tests.slack.forms.test_may_open import ENTRY, documented, rehearsed, released
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio
ALICE = SlackUser(person="alice", address="alice@example.com", user="U0ALICE")
Filled = dict[str, dict[str, Any]]  # by field, its element as Slack sends it


def word(text: str) -> dict[str, Any]:
    return {"value": text}


def moment(hours: float) -> dict[str, Any]:
    return {"selected_date_time": int((NOW + hours * HOUR).timestamp())}


def chosen(*values: str) -> dict[str, Any]:
    return {"selected_options": [{"value": one} for one in values]}


def people(*users: str) -> dict[str, Any]:
    return {"selected_users": list(users)}


def words(**said: str) -> Filled:
    return {name: word(text) for name, text in said.items()}


async def set_by_somebody() -> Scene:
    scene = await broken()
    await scene.do(respond.set_lane, 1, Lane.IT, OWNER, "seen before")
    return scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`extra` is what may be left out beside `given`."""

    modal: str
    stage: Callable[[], Awaitable[Scene]]
    given: Filled
    extra: Filled
    carried: str = "1"
    by: str = HOLDER


DECLARED = words(connection="orders", why="orders are missing")
OVER = {**DECLARED, "report": chosen("report"), "since": moment(-2), "until": moment(-1)}
CHANGE = {
    **words(what="a key", why="old", impact="none", rollback="the old one"),
    "kind": word(ChangeKind.NORMAL),
    "at": moment(48),
}
TOLD = {"notify": people("U0ALICE"), "touches": chosen("stock"), "sandbox": word("all of it")}
FORMS = {
    "declare": Form(
        modal="modal:declare",
        stage=no_incident,
        given=DECLARED,
        extra={"since": moment(-2), "until": moment(-1), "severity": word("sev4")},
    ),
    "write down": Form(
        modal="modal:declare", stage=no_incident, given=OVER, extra=words(severity="sev4")
    ),
    "hand over": Form(
        modal="modal:hand_over", stage=broken, given=words(lane="vendor"), extra=words(ticket="T-1")
    ),
    "hand over again": Form(
        modal="modal:hand_over",
        stage=with_the_vendor,
        given=words(lane="vendor"),
        extra=words(ticket="T-1"),
    ),
    "the lane as it is suggested": Form(
        modal="modal:lane", stage=broken, given=words(lane="it"), extra=words(why="the log says so")
    ),
    "the lane as a person set it": Form(
        modal="modal:lane",
        stage=set_by_somebody,
        given=words(lane="it"),
        extra=words(why="the log says so"),
    ),
    "review": Form(
        modal="modal:review",
        stage=over,
        given=words(cause="data", helped="a key"),
        extra=words(follow_ups="an alert"),
    ),
    "drill": Form(
        modal="modal:drill_end",
        stage=rehearsed,
        given=words(triaged="yes"),
        extra=words(missing="the address"),
    ),
    "change": Form(
        modal="modal:change", stage=no_incident, given=CHANGE, extra=TOLD, carried="orders|"
    ),
    "change of which a stranger is told": Form(
        modal="modal:change",
        stage=no_incident,
        given=CHANGE,
        extra={"notify": people("U0NOBODY")},
        carried="orders|",
    ),
    "change that was an emergency": Form(
        modal="modal:change",
        stage=no_incident,
        given={**CHANGE, "kind": word(ChangeKind.EMERGENCY), "at": moment(-1)},
        extra=TOLD,
        carried="orders|",
    ),
    "close": Form(
        modal="modal:change_close",
        stage=documented,
        given=words(result="worked"),
        extra=words(note="in the night next time"),
    ),
    "trial": Form(
        modal="modal:trial",
        stage=released,
        given={},
        extra=words(note="Tax"),
        carried="problem|orders|erp/26",
        by=OWNER,
    ),
    "teach": Form(modal="modal:teach", stage=over, given=words(**ENTRY), extra={}),
}


@pytest.mark.parametrize("name", FORMS)
async def test_whatever_is_filled_in_is_on_record_or_refused_at_its_field(
    bench: Bench, name: str
) -> None:
    form = FORMS[name]
    without = await kept(bench, form, form.given)
    assert without
    for extra, filled in form.extra.items():
        record = await kept(bench, form, form.given | {extra: filled})
        assert record not in (without, ""), f"{extra} makes no difference"


async def kept(bench: Bench, form: Form, filled: Filled) -> str:
    """The record after the form was sent by one who may, or the field at which it was refused."""
    bob = SlackUser(person="bob", address="bob@example.com", user=bench.slack.member("Bob").id)
    for user in (ALICE, bob):
        await bench.runtime.store.run(lambda tx, user=user: tx.save_slack_user(user))
    async with await form.stage() as scene:
        handler = handler_at(bench)
        handler.runtime = replace(
            handler.runtime,
            store=scene.store,
            knowledge=lambda: scene.knowledge,
            clock=lambda: scene.now,
        )
        values = {name: {"x": element} for name, element in filled.items()}
        body: Body = {"view": {"private_metadata": form.carried, "state": {"values": values}}}
        try:
            await send(handler, EVERY[form.modal](body), form.by)
        except BotError as error:
            return error.field if error.field in filled else ""
        return await scene.run(written)


def written(tx: Tx) -> str:
    assert isinstance(tx, Tx)
    made = 'INSERT INTO "_sqlite_migrations"'
    return "\n".join(line for line in tx.db.conn.iterdump() if not line.startswith(made))
