"""Commands about one incident: the one named, the one whose channel this is, or the only one."""

from bot.core.estate.lane import LANE_NAMES, Lane
from bot.core.incidents.incident import Incident
from bot.core.people.permissions import Deed
from bot.flows.incidents import respond
from bot.flows.people import permitted
from bot.flows.runbooks import walk
from bot.language.errors import Invalid, NotFound
from bot.language.marks import as_typed, blank
from bot.slack import sure
from bot.slack.handler import Handler
from bot.slack.incidents import counterparty
from bot.slack.kit import SlackMessage, lines, message, section
from bot.slack.request import Request, done, target
from bot.slack.text import escape

_LANE_WORDS = {
    "vendor": Lane.VENDOR,
    "connector": Lane.VENDOR,
    "publisher": Lane.PUBLISHER,
    "erp": Lane.PUBLISHER,
    "it": Lane.IT,
    "partner": Lane.IT,
}


async def must(handler: Handler, deed: Deed, incident: Incident, by: str) -> None:
    """Raises NotAllowed, naming who may: before anybody is told what their words lack."""
    runtime = handler.runtime
    await runtime.do(permitted.must, deed, incident, by)


async def acknowledge(handler: Handler, request: Request) -> SlackMessage:
    incident, _ = await target(handler, request)
    return done(await sure.take(handler, incident.id, request.by))


async def hand_over(handler: Handler, request: Request) -> SlackMessage:
    incident, words = await target(handler, request)
    await must(handler, Deed.HAND_OVER, incident, request.by)
    word, _, ticket = words.partition(" ")
    lane = _LANE_WORDS.get(word.lower())
    if lane is None:
        raise Invalid("Say to whom: /conn handover vendor, /conn handover publisher or … it")
    runtime = handler.runtime
    after = await runtime.do(
        respond.hand_over,
        incident.id,
        lane,
        request.by,
        respond.HandOverDetails(ticket=ticket.strip()),
    )
    return done(f"🟣 {after.key} is with the {LANE_NAMES[lane]} now; their clock runs.")


async def answered(handler: Handler, request: Request) -> SlackMessage:
    incident, _ = await target(handler, request)
    after = await counterparty.stop_clock(handler, incident.id, request.by)
    return done(f"🟣 {after.key}: they answered. Their response clock has stopped.")


async def resolve(handler: Handler, request: Request) -> SlackMessage:
    incident, words = await target(handler, request)
    await must(handler, Deed.RESOLVE, incident, request.by)
    word, _, rest = words.partition(" ")
    anyway = word.lower().rstrip(":,") == "anyway"
    how = rest.strip() if anyway else words
    if blank(how):
        raise Invalid("Say the cause and the fix: /conn resolve the client secret was renewed")
    agreed = sure.ANYWAY if anyway else ""
    return done(await sure.resolve(handler, incident.id, request.by, how, agreed=agreed))


async def note(handler: Handler, request: Request) -> SlackMessage:
    incident, words = await target(handler, request)
    runtime = handler.runtime
    await runtime.do(respond.note, incident.id, request.by, words)
    return done(f"📝 Added to the timeline of {incident.key}.")


async def switch_runbook(handler: Handler, request: Request) -> SlackMessage:
    """Without a name: the list. With one: go on with that runbook. `confirm` and a name: it was
    read and found right."""
    runtime = handler.runtime
    books = runtime.knowledge().runbooks
    if not request.words:
        rows = (
            f"`{book.id}` *{escape(book.name)}* {escape(book.summary)}" for book in books.values()
        )
        return message("Runbooks", [section("*Runbooks*"), lines(*rows)])
    word, _, named = request.words.partition(" ")
    if word.lower() == "confirm":
        book = await runtime.do(walk.confirm, named.strip(), request.by)
        return done(f"Noted: you read “{escape(book.name)}” today and found it right.")
    incident, words = await target(handler, request)
    await must(handler, Deed.USE_RUNBOOK, incident, request.by)
    if words not in books:
        raise NotFound(
            f"There is no runbook “{as_typed(words, 60)}”. There are: {', '.join(sorted(books))}."
        )
    await runtime.do(walk.switch, incident.id, runbook=words, by=request.by)
    return done(f"{incident.key} goes on with the runbook “{escape(books[words].name)}”.")
