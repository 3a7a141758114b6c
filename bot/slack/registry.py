"""Buttons, menus and shortcuts. Each finds its incident in the value it carries."""

from collections.abc import Mapping

from bot.core.runbooks.runbook import SKIP
from bot.flows.incidents import respond
from bot.flows.runbooks import walk
from bot.flows.work import Work
from bot.language.errors import BotError
from bot.slack import commands, ids, sure
from bot.slack.changes import commands as change_commands
from bot.slack.forms.form import OPENERS
from bot.slack.forms.sending import Act, open_form, opens
from bot.slack.governance import audit, credential_expiry
from bot.slack.governance import forms as _governance  # noqa: F401 (its forms make themselves known)
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import OLDER_BUTTON, Action
from bot.slack.incidents import counterparty
from bot.slack.incidents import merge_and_reopen as merging
from bot.slack.incidents.forms import ChangeLane, NoteForm, Resolve, timeline
from bot.slack.kit import message, section
from bot.slack.people import commands as cover_commands
from bot.slack.runbooks import failed_records, gates
from bot.slack.runbooks.forms import EndDrill, HoldForm, Skip
from bot.slack.runbooks.step_posts import HOLD
from bot.slack.triage import lessons


async def acknowledge(handler: Handler, body: Body) -> None:
    await _acknowledge(handler, body, ids.incident_number(clicked(body)))


async def _acknowledge(handler: Handler, body: Body, number: int) -> None:
    by = await handler.actor(body)
    said = await sure.take(handler, number, by)
    incident = await handler.runtime.do(Work.incident, number)
    # Whoever got it sees that on the card; whoever only helps sees nothing change.
    if incident.holder != by:
        await handler.reply(body, message(said, [section(said)]))


async def still_on_it(handler: Handler, body: Body) -> None:
    number, by = ids.incident_number(clicked(body)), await handler.actor(body)
    await handler.runtime.do(respond.still_on_it, number, by)


async def confirm_data(handler: Handler, body: Body) -> None:
    number, by = ids.first_number(clicked(body)), await handler.actor(body)
    of = clicked(body).partition("|")[2]
    runtime = handler.runtime
    await runtime.do(respond.confirm_data, number, by, of)


async def resolve(handler: Handler, body: Body) -> None:
    incident = await handler.runtime.do(Work.incident, ids.incident_number(clicked(body)))
    # The card's button is one; what ends a drill asks other things.
    await open_form(handler, body, EndDrill.opened if incident.drill else Resolve.opened)


async def more(handler: Handler, body: Body) -> None:
    """The card's overflow menu."""
    number = ids.first_number(clicked(body))
    word = clicked(body).partition("|")[2]
    runtime = handler.runtime
    incident = await runtime.do(Work.incident, number)
    if word == "acknowledge":
        await _acknowledge(handler, body, number)
    elif word == "check":
        await handler.reply(body, await commands.check_connection(handler, incident.connection))
    elif word == "note":
        await open_form(handler, body, NoteForm.opened)
    elif word == "lane":
        await open_form(handler, body, ChangeLane.opened)
    elif word == "answered":
        await counterparty.stop_clock(handler, number, await handler.actor(body))
    elif word == "more":
        await merging.more(handler, body, incident)
    else:
        await open_form(handler, body, timeline)


async def answer_step(handler: Handler, body: Body) -> None:
    """A runbook answer, by button or menu."""
    click = ids.step_click(clicked(body))
    runtime = handler.runtime
    by = await handler.actor(body)
    told = await runtime.do(
        walk.answer_once,
        click.incident,
        step=click.step,
        choice=click.answer,
        by=by,
        values=ids.form_values((body.get("state") or {}).get("values") or {}, click.step),
    )
    if told:
        text = (await handler.writer()).say(told)
        await handler.reply(body, message(text, [section(text)]))


async def use_runbook(handler: Handler, body: Body) -> None:
    """The narrower runbook that is offered beside a question."""
    runtime = handler.runtime
    number, _, name = clicked(body).partition("|")
    await runtime.do(
        walk.switch, ids.incident_number(number), runbook=name, by=await handler.actor(body)
    )


async def step_menu(handler: Handler, body: Body) -> None:
    """The menu beside a step: skip it, or take its answer back."""
    click = ids.step_click(clicked(body))
    runtime = handler.runtime
    if click.answer == SKIP:
        await open_form(handler, body, Skip.opened)
        return
    if click.answer == HOLD:
        await open_form(handler, body, HoldForm.opened)
        return
    await runtime.do(walk.take_back, click.incident, step=click.step, by=await handler.actor(body))


async def show_connection(handler: Handler, body: Body) -> None:
    await handler.reply(body, await commands.show_connection(handler, clicked(body)))


async def who_owns(handler: Handler, body: Body) -> None:
    await handler.reply(body, await commands.who_owns(handler, clicked(body)))


async def check_connection(handler: Handler, body: Body) -> None:
    await handler.reply(body, await commands.check_connection(handler, clicked(body)))


# Answered, since a button that does nothing looks like a bot that is down.
async def stale(handler: Handler, body: Body) -> None:
    """A button that no version of ours knows any more."""
    raise BotError(OLDER_BUTTON)


async def nothing(handler: Handler, body: Body) -> None:
    """A link button: Slack opened the link already."""


ACTIONS: Mapping[Action, Act] = {
    **{action: opens(form.opened) for action, form in OPENERS.items()},
    Action.ACKNOWLEDGE: acknowledge,
    **sure.ACTIONS,
    Action.STILL_ON_IT: still_on_it,
    Action.RESOLVE: resolve,
    Action.CONFIRM_DATA: confirm_data,
    Action.MORE: more,
    Action.TIMELINE: opens(timeline),
    Action.ANSWER: answer_step,
    Action.USE_RUNBOOK: use_runbook,
    Action.CHOOSE: answer_step,
    Action.STEP_MENU: step_menu,
    Action.SHOW: show_connection,
    Action.WHICH: commands.go_on,
    Action.WHO: who_owns,
    Action.CHECK: check_connection,
    **audit.ACTIONS,
    Action.LINK: nothing,
    **counterparty.ACTIONS,
    **cover_commands.ACTIONS,
    **credential_expiry.ACTIONS,
    **lessons.ACTIONS,
    **gates.ACTIONS,
    **failed_records.ACTIONS,
    **change_commands.ACTIONS,
}
