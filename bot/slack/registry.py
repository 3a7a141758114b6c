"""Buttons, menus and shortcuts. Each finds its incident in the value it carries."""

from collections.abc import Sequence

from bot.core.estate.catalogue import Connection, Party
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import Incident
from bot.core.runbooks.runbook import SKIP
from bot.flows.incidents import respond
from bot.flows.incidents.ending import end
from bot.flows.incidents.ending.end import LooseEnds
from bot.flows.incidents.grouping import lead
from bot.flows.runbooks import answer_once, walk
from bot.flows.work import Work
from bot.language.errors import BotError
from bot.slack import commands, ids, sure
from bot.slack.changes import buttons
from bot.slack.forms import may_open
from bot.slack.governance import audit, credential_expiry
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import OLDER_BUTTON, Action
from bot.slack.incidents import declare, form_views
from bot.slack.incidents.counterparty import counterparty
from bot.slack.incidents.merging import merge_and_reopen
from bot.slack.kit import message, section
from bot.slack.people import commands as cover_commands
from bot.slack.runbooks import drill_words, failed_records, gate_buttons, gate_holds
from bot.slack.runbooks.step_posts import HOLD
from bot.slack.triage import lessons


async def acknowledge(handler: Handler, body: Body) -> None:
    await _acknowledge(handler, body, ids.incident_number(clicked(body)))


async def _acknowledge(handler: Handler, body: Body, number: int) -> None:
    by = await handler.actor(body)
    said = await sure.take(handler, number, by)
    incident = await handler.runtime.do(Work.incident, number)
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


async def hand_over(handler: Handler, body: Body) -> None:
    word, _, lane = clicked(body).partition("|")
    runtime, number = handler.runtime, ids.incident_number(word)
    wanted = Lane(lane) if lane in set(Lane) else None

    def look(work: Work) -> tuple[Incident, Sequence[tuple[Lane, Party]]]:
        incident = work.incident(number)
        return incident, lead.offers(work, incident)

    incident, offered = await runtime.do(look)
    await may_open.open_form(handler, body, form_views.hand_over(incident, offered, wanted))


async def resolve(handler: Handler, body: Body) -> None:
    runtime, number = handler.runtime, ids.incident_number(clicked(body))

    def look(work: Work) -> tuple[Incident, LooseEnds]:
        incident = work.incident(number)
        return incident, end.loose_ends(work, incident)

    incident, ends = await runtime.do(look)
    writer = await handler.writer()
    shown = (
        drill_words.end(incident) if incident.drill else form_views.resolve(incident, ends, writer)
    )
    await may_open.open_form(handler, body, shown)


async def reject_data(handler: Handler, body: Body) -> None:
    word, _, of = clicked(body).partition("|")
    runtime, by, number = handler.runtime, await handler.actor(body), ids.incident_number(word)
    incident = await runtime.do(Work.incident, number)
    meant = runtime.knowledge().catalogue.connections.get(of)
    offered: tuple[Connection, ...] = (meant,) if meant else ()
    if not offered:
        offered = await runtime.do(respond.may_be_wrong, number, by)
    await may_open.open_form(handler, body, form_views.reject_data(incident, offered), by)


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
        await may_open.open_form(handler, body, form_views.note(incident))
    elif word == "lane":
        await may_open.open_form(handler, body, form_views.lane(incident))
    elif word == "answered":
        await counterparty.stop_clock(handler, number, await handler.actor(body))
    elif word == "more":
        await merge_and_reopen.more(handler, body, incident)
    else:
        await timeline(handler, body)


async def timeline(handler: Handler, body: Body) -> None:
    number = ids.first_number(clicked(body))
    incident = await handler.runtime.do(Work.incident, number)
    entries = await handler.runtime.store.run(lambda tx: tx.timeline(number))
    await handler.open_view(body, form_views.timeline(incident, entries, await handler.writer()))


async def answer_step(handler: Handler, body: Body) -> None:
    """A runbook answer, by button or menu."""
    click = ids.step_click(clicked(body))
    runtime = handler.runtime
    by = await handler.actor(body)
    told = await runtime.do(
        answer_once.answer,
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
        title = await runtime.do(walk.step_title, click.incident, click.step)
        await may_open.open_form(handler, body, form_views.skip(click.incident, click.step, title))
        return
    if click.answer == HOLD:
        await gate_holds.ask_hold(handler, body, click.incident, click.step)
        return
    await runtime.do(walk.take_back, click.incident, step=click.step, by=await handler.actor(body))


async def show_connection(handler: Handler, body: Body) -> None:
    await handler.reply(body, await commands.show_connection(handler, clicked(body)))


async def who_owns(handler: Handler, body: Body) -> None:
    await handler.reply(body, await commands.who_owns(handler, clicked(body)))


async def check_connection(handler: Handler, body: Body) -> None:
    await handler.reply(body, await commands.check_connection(handler, clicked(body)))


async def stale(handler: Handler, body: Body) -> None:
    """A button that no version of ours knows any more."""
    raise BotError(OLDER_BUTTON)


async def nothing(handler: Handler, body: Body) -> None:
    """A link button: Slack opened the link already."""


ACTIONS = {
    Action.ACKNOWLEDGE: acknowledge,
    **sure.ACTIONS,
    Action.STILL_ON_IT: still_on_it,
    Action.HAND_OVER: hand_over,
    Action.RESOLVE: resolve,
    Action.CONFIRM_DATA: confirm_data,
    Action.REJECT_DATA: reject_data,
    Action.MORE: more,
    Action.TIMELINE: timeline,
    Action.ANSWER: answer_step,
    Action.USE_RUNBOOK: use_runbook,
    Action.CHOOSE: answer_step,
    Action.STEP_MENU: step_menu,
    Action.SHOW: show_connection,
    Action.WHICH: commands.go_on,
    Action.WHO: who_owns,
    Action.CHECK: check_connection,
    Action.DECLARE: declare.ask,
    **audit.ACTIONS,
    Action.LINK: nothing,
    **counterparty.ACTIONS,
    **cover_commands.ACTIONS,
    **credential_expiry.ACTIONS,
    **merge_and_reopen.ACTIONS,
    **gate_holds.ACTIONS,
    **lessons.ACTIONS,
    **gate_buttons.ACTIONS,
    **failed_records.ACTIONS,
    **buttons.ACTIONS,
}
