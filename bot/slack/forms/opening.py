"""Forms are opened for whoever may send them, by the same rules as their flows ask, so that nobody
fills one in for nothing."""

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from bot.flows.work import Work
from bot.language.errors import NotAllowed
from bot.slack.forms.form import FORMS, Form, Reader
from bot.slack.handler import Body, Handler, clicked
from bot.slack.kit import Block
from bot.slack.permissions import admit

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
