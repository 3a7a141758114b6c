"""Forms that were sent: read the fields, run the flow, close, or say what is wrong in the form
itself.

Forms are opened for whoever may send them, by the same rules as their flows ask, so that nobody
fills one in for nothing.
"""

import logging
import secrets
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import Any

from bot.flows.work import Work
from bot.language.errors import BotError, NotAllowed, Unsure
from bot.slack import permissions
from bot.slack.forms.fields import People, PersonField, given
from bot.slack.forms.form import FORMS, Form, Reader
from bot.slack.handler import Ack, Body, Handler, clicked, put_off
from bot.slack.kit import Block
from bot.slack.permissions import admit
from bot.slack.platform.gateway import Later

log = logging.getLogger(__name__)

_TEXT = "plain_text_input"


def _inputs(body: Body) -> Iterator[Block]:
    """Of the form as it was sent."""
    return (b for b in body["view"].get("blocks") or () if b.get("type") == "input")


def _wrong(sent: Form) -> dict[str, str]:
    """By field what is wrong with its text: Slack lets blanks through as words, and stops where no
    more is kept, but what is sent need not come from its form."""
    found = {}
    for block in _inputs(sent.body):
        name, element = str(block.get("block_id")), block.get("element") or {}
        said, most = given(sent.entered(name)), element.get("max_length")
        if element.get("type") == _TEXT and not block.get("optional") and not said:
            found[name] = "Write a few words here."
        if most and len(said) > most:
            found[name] = f"At most {most:,} characters are kept, and these are {len(said):,}."
    return found


def _shown(body: Body, wanted: str, otherwise: str) -> str:
    """Where the complaint stands: under the field that it is about, where the form has it, since
    Slack takes errors for no other."""
    return wanted if wanted in {b.get("block_id") for b in _inputs(body)} else otherwise


async def submitted(handler: Handler, ack: Ack, body: Body) -> None:
    """Run the modal's flow before the acknowledgement, so that a refusal shows in the modal.

    A flow is one short transaction, far within Slack's three seconds. A modal that is sent again,
    because its acknowledgement was lost, changes nothing more.
    """
    sent = FORMS[body["view"]["callback_id"]](body)
    field = sent.complains_at
    if wrong := _wrong(sent):
        await ack(response_action="errors", errors=wrong)
        return
    try:
        # A form that leads to another one keeps its id, and is another one by its name.
        handler.origin.must_have_made(body)
        key, by = f"view {body['view']['id']} {sent.callback}", await handler.actor(body)
        await permissions.admit(handler, sent.deed, by, sent.carried)
        # By the id of the view: a form whose acknowledgement was lost is sent again by hand.
        await handler.once(key, send(handler, sent, by))
        following = None
        if sent.leads_to:
            following = await handler.runtime.do(sent.leads_to.wanted, sent.number)
    except Unsure as unsure:
        said = (await handler.writer()).plain(str(unsure))
        # The question in the form was about something that is no more.
        if unsure.mark != sent.rest:
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


async def send(handler: Handler, sent: Form, by: str) -> None:
    """Do what a form was sent for. Raises what its flow raises."""
    for field in sent.fields:
        if isinstance(field, PersonField | People):
            # Before the flow, which cannot wait for Slack.
            for user in field.users(sent):
                sent.people[user] = await handler.people.person(user)
    await sent.send(handler, by)


Draw = Callable[[Work, str, Reader], Block]
Act = Callable[[Handler, Body], Coroutine[Any, Any, None]]  # what a button does


def opens(draw: Draw) -> Act:
    """The button of a form."""
    return partial(open_form, draw=draw)


async def open_form(
    handler: Handler, body: Body, draw: Draw, about: str | None = None, by: str = ""
) -> None:
    """Show a form about what was pressed, or `about` something else, to whoever pressed it, or to
    `by`. Raises NotAllowed, naming who may send it, and whatever else its flow would refuse them
    for."""
    reader = Reader(by or await handler.actor(body), await handler.writer())
    about = clicked(body) if about is None else about
    await handler.open_view(body, await handler.runtime.do(_drawn, draw, about, reader))


def _drawn(work: Work, draw: Draw, about: str, reader: Reader) -> Block:
    # Drawn first: only then is it known which form it is, and what it carries.
    view = draw(work, about, reader)
    FORMS[view["callback_id"]].may_open(work, str(view.get("private_metadata", "")), reader.by)
    return view


async def open_to(
    handler: Handler, forms: Sequence[type[Form]], carried: str, by: str
) -> list[type[Form]]:
    """Those of the forms that `by` may send. Raises NotAllowed where it is none, saying of each who
    may."""
    found: list[type[Form]] = []
    refused: dict[str, None] = {}
    for form in forms:
        try:
            await admit(handler, form.deed, by, carried)
            await handler.runtime.do(form.may_open, carried, by)
        except NotAllowed as error:
            refused[str(error)] = None
        else:
            found.append(form)
    if not found:
        raise NotAllowed(" ".join(refused))
    return found
