"""Buttons, menus and shortcuts. Each finds its incident in the value it carries."""

from collections.abc import Sequence

from bot.core.catalogue import Connection, Lane, Party
from bot.core.errors import BotError
from bot.core.incident import Incident
from bot.core.runbook import SKIP
from bot.flows import ending, leading, record, responses, runbooks, turns
from bot.flows.ending import LooseEnds
from bot.ports import Tx
from bot.slack import (
    change_actions,
    commands,
    cover_commands,
    credentials,
    declaring,
    gates,
    governance,
    held_steps,
    holds,
    ids,
    lane_actions,
    lessons,
    second_life,
    stuck,
    sure,
    views,
)
from bot.slack.blocks import drill
from bot.slack.blocks.parts import message, section
from bot.slack.blocks.steps import HOLD
from bot.slack.desk import Body, Desk, clicked
from bot.slack.ids import OLDER_BUTTON, Action


async def acknowledge(desk: Desk, body: Body) -> None:
    await _acknowledge(desk, body, ids.incident_number(clicked(body)))


async def _acknowledge(desk: Desk, body: Body, number: int) -> None:
    by = await desk.actor(body)
    said = await sure.take(desk, number, by)
    incident = await desk.runtime.store.run(record.load, number)
    if incident.holder != by:
        await desk.reply(body, message(said, [section(said)]))


async def still_on_it(desk: Desk, body: Body) -> None:
    number, by = ids.incident_number(clicked(body)), await desk.actor(body)
    await desk.runtime.store.run(responses.still_on_it, number, by, desk.runtime.clock())


async def confirm_data(desk: Desk, body: Body) -> None:
    number, by = ids.first_number(clicked(body)), await desk.actor(body)
    of = clicked(body).partition("|")[2]
    runtime = desk.runtime
    await runtime.store.run(
        responses.confirm_data, runtime.knowledge(), number, by, runtime.clock(), of
    )


async def hand_over(desk: Desk, body: Body) -> None:
    word, _, lane = clicked(body).partition("|")
    runtime, number = desk.runtime, ids.incident_number(word)
    wanted = Lane(lane) if lane in set(Lane) else None

    def look(tx: Tx) -> tuple[Incident, Sequence[tuple[Lane, Party]]]:
        incident = record.load(tx, number)
        return incident, leading.offers(tx, runtime.knowledge(), incident, runtime.clock())

    incident, offered = await runtime.store.run(look)
    await gates.open_form(desk, body, views.hand_over(incident, offered, wanted))


async def resolve(desk: Desk, body: Body) -> None:
    runtime, number = desk.runtime, ids.incident_number(clicked(body))
    knowledge, now = runtime.knowledge(), runtime.clock()

    def look(tx: Tx) -> tuple[Incident, LooseEnds]:
        incident = record.load(tx, number)
        return incident, ending.loose_ends(tx, knowledge, incident, now)

    incident, ends = await runtime.store.run(look)
    face = await desk.face()
    shown = drill.end(incident) if incident.drill else views.resolve(incident, ends, face)
    await gates.open_form(desk, body, shown)


async def reject_data(desk: Desk, body: Body) -> None:
    word, _, of = clicked(body).partition("|")
    runtime, by, number = desk.runtime, await desk.actor(body), ids.incident_number(word)
    incident = await runtime.store.run(record.load, number)
    meant = runtime.knowledge().catalogue.connections.get(of)
    offered: tuple[Connection, ...] = (meant,) if meant else ()
    if not offered:
        knowledge, now = runtime.knowledge(), runtime.clock()
        offered = await runtime.store.run(responses.may_be_wrong, knowledge, number, by, now)
    await gates.open_form(desk, body, views.reject_data(incident, offered), by)


async def more(desk: Desk, body: Body) -> None:
    """The card's overflow menu."""
    number = ids.first_number(clicked(body))
    word = clicked(body).partition("|")[2]
    runtime = desk.runtime
    incident = await runtime.store.run(record.load, number)
    if word == "acknowledge":
        await _acknowledge(desk, body, number)
    elif word == "check":
        await desk.reply(body, await commands.check_connection(desk, incident.connection))
    elif word == "note":
        await gates.open_form(desk, body, views.note(incident))
    elif word == "lane":
        await gates.open_form(desk, body, views.lane(incident))
    elif word == "answered":
        await lane_actions.stop_clock(desk, number, await desk.actor(body))
    elif word == "more":
        await second_life.more(desk, body, incident)
    else:
        await timeline(desk, body)


async def timeline(desk: Desk, body: Body) -> None:
    number = ids.first_number(clicked(body))
    incident = await desk.runtime.store.run(record.load, number)
    entries = await desk.runtime.store.run(lambda tx: tx.timeline(number))
    await desk.open_view(body, views.timeline(incident, entries, await desk.face()))


async def answer_step(desk: Desk, body: Body) -> None:
    """A runbook answer, by button or menu."""
    click = ids.step_click(clicked(body))
    runtime = desk.runtime
    by = await desk.actor(body)
    told = await runtime.store.run(
        turns.answer,
        runtime.knowledge(),
        click.incident,
        step=click.step,
        choice=click.answer,
        by=by,
        now=runtime.clock(),
        values=ids.form_values((body.get("state") or {}).get("values") or {}, click.step),
    )
    if told:
        text = (await desk.face()).say(told)
        await desk.reply(body, message(text, [section(text)]))


async def use_runbook(desk: Desk, body: Body) -> None:
    """The narrower runbook that is offered beside a question."""
    runtime = desk.runtime
    number, _, name = clicked(body).partition("|")
    await runtime.store.run(
        runbooks.switch,
        runtime.knowledge(),
        ids.incident_number(number),
        runbook=name,
        by=await desk.actor(body),
        now=runtime.clock(),
    )


async def step_menu(desk: Desk, body: Body) -> None:
    """The menu beside a step: skip it, or take its answer back."""
    click = ids.step_click(clicked(body))
    runtime = desk.runtime
    if click.answer == SKIP:
        title = await runtime.store.run(
            runbooks.step_title, runtime.knowledge(), click.incident, click.step
        )
        await gates.open_form(desk, body, views.skip(click.incident, click.step, title))
        return
    if click.answer == HOLD:
        await holds.ask_hold(desk, body, click.incident, click.step)
        return
    await runtime.store.run(
        runbooks.take_back,
        runtime.knowledge(),
        click.incident,
        step=click.step,
        by=await desk.actor(body),
        now=runtime.clock(),
    )


async def show_connection(desk: Desk, body: Body) -> None:
    await desk.reply(body, await commands.show_connection(desk, clicked(body)))


async def who_owns(desk: Desk, body: Body) -> None:
    await desk.reply(body, await commands.who_owns(desk, clicked(body)))


async def check_connection(desk: Desk, body: Body) -> None:
    await desk.reply(body, await commands.check_connection(desk, clicked(body)))


async def stale(desk: Desk, body: Body) -> None:
    """A button that no version of ours knows any more."""
    raise BotError(OLDER_BUTTON)


async def nothing(desk: Desk, body: Body) -> None:
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
    Action.DECLARE: declaring.ask,
    **governance.ACTIONS,
    Action.LINK: nothing,
    **lane_actions.ACTIONS,
    **cover_commands.ACTIONS,
    **credentials.ACTIONS,
    **second_life.ACTIONS,
    **holds.ACTIONS,
    **lessons.ACTIONS,
    **held_steps.ACTIONS,
    **stuck.ACTIONS,
    **change_actions.ACTIONS,
}
