"""Audit and attestation: their commands, and the buttons of their messages."""

from bot.core.people.next_in_line import estate_owners
from bot.core.people.permissions import Deed, DeedAbout, Doer, Role, permit
from bot.flows.estate import ledger
from bot.flows.governance import attestation
from bot.flows.governance import audit as governance
from bot.flows.governance import kpi as kpis
from bot.language.errors import Invalid
from bot.language.units import parse_duration
from bot.slack import find_connection, ids
from bot.slack.governance import audit_words as blocks
from bot.slack.governance import kpi_words as kpi_blocks
from bot.slack.governance import round_words
from bot.slack.handler import Body, Handler
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage, message, section
from bot.slack.request import Request


async def audit(handler: Handler, request: Request) -> SlackMessage:
    """The estate, or the connection that is named."""
    knowledge = handler.runtime.knowledge()
    connection = find_connection.find(handler, request.words, "audit") if request.words else None
    view = await handler.runtime.do(governance.view)
    writer = await handler.writer()
    if connection:
        return blocks.connection_audit(view, connection, writer)
    return blocks.audit(view, knowledge.catalogue, writer)


async def attest(handler: Handler, request: Request) -> SlackMessage:
    """How far the confirmation is; `start` asks everybody now."""
    runtime = handler.runtime
    catalogue = runtime.knowledge().catalogue
    if request.words.strip().lower() == "start":
        about = DeedAbout(name="it", cast={Role.ESTATE_OWNER: estate_owners(catalogue)})
        permit(Deed.ATTEST_START, about, Doer(person=request.by, speaks_for=()))
        asked = await runtime.do(attestation.start)
        people = "person is" if asked == 1 else "people are"
        text = f"{asked} {people} asked to confirm what is theirs."
        return message(text, [section(text)])
    if request.words.strip():
        raise Invalid("Write /conn attest, or /conn attest start")
    found = await runtime.do(attestation.progress)
    return round_words.progress(found, catalogue, await handler.writer())


async def kpi(handler: Handler, request: Request) -> SlackMessage:
    """The figures of the last 30 days, or of the days that are named."""
    span = kpis.LOOK_BACK
    if words := request.words.strip():
        try:
            span = parse_duration(words.removeprefix("last "))
        except ValueError:
            raise Invalid("Write /conn kpi, or /conn kpi 90d") from None
    kpis.check_span(span)
    runtime = handler.runtime
    found = await runtime.do(kpis.view, span)
    return kpi_blocks.figures(found, await handler.writer())


def _clicked(body: Body) -> Body:
    return dict((body.get("actions") or [{}])[0])


async def _say(handler: Handler, body: Body, text: str) -> None:
    await handler.reply(body, message(text, [section((await handler.writer()).say(text))]))


async def mine(handler: Handler, body: Body) -> None:
    number, by = ids.incident_number(str(_clicked(body).get("value"))), await handler.actor(body)
    left = await handler.runtime.do(attestation.confirm, number, by)
    more = f" {left} to go." if left else " That was the last one."
    await _say(handler, body, f"Confirmed.{more}")


async def all_mine(handler: Handler, body: Body) -> None:
    by = await handler.actor(body)
    count = await handler.runtime.do(attestation.confirm_all, by)
    text = f"{count} confirmed. Thank you." if count else "Nothing was left to confirm."
    await _say(handler, body, text)


async def not_mine(handler: Handler, body: Body) -> None:
    runtime = handler.runtime
    number, by = ids.incident_number(str(_clicked(body).get("value"))), await handler.actor(body)
    boss = await runtime.do(attestation.deny, number, by)
    name = runtime.knowledge().catalogue.person_name(boss) if boss else ""
    told = f"{name} is told." if boss else "Nobody is named who could be told."
    await _say(
        handler, body, f"Noted: it is not yours. {told} It stays a finding until it is mended."
    )


async def tick_off(handler: Handler, body: Body) -> None:
    """The checklist of a new owner; its options carry `handover|item`."""
    pressed = _clicked(body)
    number = str(pressed.get("action_id", "")).rpartition(":")[2]
    items = tuple(
        str(item.get("value")).partition("|")[2] for item in pressed.get("selected_options") or ()
    )
    by = await handler.actor(body)
    after = await handler.runtime.do(ledger.tick_off, ids.incident_number(number), items, by)
    await _say(handler, body, round_words.ticked(after))


ACTIONS = {
    Action.ATTEST_MINE: mine,
    Action.ATTEST_ALL: all_mine,
    Action.ATTEST_NOT: not_mine,
    Action.HANDOVER_ITEMS: tick_off,
}
