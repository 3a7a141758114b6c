"""Modals that were submitted: read the fields, run the flow, close, or say what is wrong in the
modal itself."""

import logging
import secrets

from bot.core.estate.lane import Lane
from bot.core.runbooks.runbook import SKIP
from bot.flows.governance import attestation
from bot.flows.incidents import respond
from bot.flows.runbooks import walk
from bot.language.errors import BotError, Unsure
from bot.slack import permissions, sure
from bot.slack.changes import buttons
from bot.slack.forms import stale
from bot.slack.forms.form import given, given_many, number_of, ticked
from bot.slack.governance import credential_expiry
from bot.slack.handler import Ack, Body, Handler, put_off
from bot.slack.ids import Modal, carried
from bot.slack.incidents import declare
from bot.slack.incidents.counterparty import counterparty
from bot.slack.incidents.merging import merge_and_reopen
from bot.slack.platform.gateway import Later
from bot.slack.runbooks import drills, gate_buttons, gate_holds
from bot.slack.triage import lessons

log = logging.getLogger(__name__)


async def hand_over(handler: Handler, body: Body, by: str) -> None:
    lane, _, party = given(body, "lane").partition("|")
    told = respond.Told(ticket=given(body, "ticket"), party=party)
    await handler.runtime.do(respond.hand_over, number_of(body), Lane(lane), by, told)


async def resolve(handler: Handler, body: Body, by: str) -> None:
    agreed = _mark(body) if "sure" in ticked(body, "sure") else ""
    await sure.resolve(handler, number_of(body), by, given(body, "how"), agreed=agreed)


async def reject_data(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(
        respond.reject_data,
        number_of(body),
        by,
        given(body, "why"),
        given_many(body, "of") or carried(body).partition("|")[2],
    )


async def note(handler: Handler, body: Body, by: str) -> None:
    text = given(body, "text")
    await handler.runtime.do(respond.note, number_of(body), by, text)


async def lane(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(
        respond.set_lane, number_of(body), Lane(given(body, "lane")), by, given(body, "why")
    )


async def runbook(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(walk.switch, number_of(body), runbook=given(body, "runbook"), by=by)


async def skip(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    step = carried(body).partition("|")[2]
    await runtime.do(
        walk.answer, number_of(body), step=step, choice=SKIP, by=by, note=given(body, "why")
    )


async def successor(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(
        attestation.hand_over, number_of(body), by, await handler.people.person(given(body, "to"))
    )


async def close(handler: Handler, body: Body, by: str) -> None:
    """A modal that only showed something."""


# Which flow, and which field shows its complaint.
SUBMISSIONS = {
    Modal.HAND_OVER: (hand_over, "lane"),
    Modal.RESOLVE: (resolve, "how"),
    Modal.REJECT_DATA: (reject_data, "why"),
    Modal.NOTE: (note, "text"),
    Modal.LANE: (lane, "why"),
    Modal.RUNBOOK: (runbook, "runbook"),
    Modal.SKIP: (skip, "why"),
    Modal.SUCCESSOR: (successor, "to"),
    Modal.TIMELINE: (close, ""),
    **counterparty.SUBMISSIONS,
    **credential_expiry.SUBMISSIONS,
    **merge_and_reopen.SUBMISSIONS,
    **declare.SUBMISSIONS,
    **gate_holds.SUBMISSIONS,
    **lessons.SUBMISSIONS,
    **gate_buttons.SUBMISSIONS,
    **drills.SUBMISSIONS,
    **buttons.SUBMISSIONS,
}


def _mark(body: Body) -> str:
    """Of what the form was about when it was opened."""
    return carried(body).partition("|")[2]


_TEXT = "plain_text_input"
_ENDS = frozenset({Modal.RESOLVE, Modal.REVIEW})  # what was learned may be asked for then


def _fields(body: Body) -> frozenset[str]:
    """The inputs of the form as it was sent; Slack takes errors for these alone."""
    blocks = body["view"].get("blocks") or ()
    return frozenset(str(b.get("block_id")) for b in blocks if b.get("type") == "input")


def _blank(body: Body) -> list[str]:
    """The required texts that hold nothing but blanks, which Slack lets through."""
    asked = (b for b in body["view"].get("blocks") or () if b.get("type") == "input")
    texts = (
        str(block.get("block_id"))
        for block in asked
        if not block.get("optional") and (block.get("element") or {}).get("type") == _TEXT
    )
    return [name for name in texts if not given(body, name)]


def _too_long(body: Body) -> dict[str, str]:
    """The texts that are longer than is kept, each with what to do; Slack stops at the same
    length, but what is sent need not come from its form."""
    found = {}
    for block in body["view"].get("blocks") or ():
        most = (block.get("element") or {}).get("max_length")
        name, size = str(block.get("block_id")), len(given(body, str(block.get("block_id"))))
        if most and size > most:
            found[name] = f"At most {most:,} characters are kept, and these are {size:,}."
    return found


def _shown(body: Body, wanted: str, otherwise: str) -> str:
    """Where the complaint stands: under the field that it is about, where the form has it."""
    return wanted if wanted in _fields(body) else otherwise


async def _unless_overtaken(handler: Handler, modal: Modal, body: Body, by: str) -> None:
    await stale.refuse(handler, modal, body, by)
    await SUBMISSIONS[modal][0](handler, body, by)


async def submitted(handler: Handler, ack: Ack, body: Body) -> None:
    """Run the modal's flow before the acknowledgement, so that a refusal shows in the modal.

    A flow is one short transaction, far within Slack's three seconds. A modal that is sent again,
    because its acknowledgement was lost, changes nothing more.
    """
    modal = Modal(body["view"]["callback_id"])
    _, field = SUBMISSIONS[modal]
    blank = dict.fromkeys(_blank(body), "Write a few words here.")
    if wrong := blank | _too_long(body):
        await ack(response_action="errors", errors=wrong)
        return
    try:
        # A form that leads to another one keeps its id, and is another one by its name.
        handler.origin.must_have_made(body)
        key, by = f"view {body['view']['id']} {modal}", await handler.actor(body)
        await permissions.admit(handler, permissions.MODALS[modal], by, carried(body))
        await handler.once(key, _unless_overtaken(handler, modal, body, by))
        following = await lessons.offer(handler, number_of(body)) if modal in _ENDS else None
    except Unsure as unsure:
        said = (await handler.writer()).plain(str(unsure))
        if unsure.mark != _mark(body):
            said += " This form is older: close it, and press the button that opened it again."
        await ack(response_action="errors", errors={_shown(body, "sure", field): said})
    except BotError as error:
        writer, where = await handler.writer(), _shown(body, error.field, field)
        await ack(response_action="errors", errors={where: writer.plain(str(error))})
    except Later as later:
        await ack(response_action="errors", errors={field: put_off(later)})
    except Exception:
        reference = secrets.token_hex(3)
        log.exception("submission_failed ref=%s", reference)
        said = f"Something broke on our side; the log has it under ref {reference}. Try again."
        await ack(response_action="errors", errors={field: said})
    else:
        view = {"view": handler.origin.view(following)} if following else {}
        await (ack(response_action="update", **view) if view else ack())
        handler.wake()
