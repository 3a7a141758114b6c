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
from bot.slack.handler import Desk
from bot.slack.incidents.counterparty import counterparty
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


async def must(desk: Desk, deed: Deed, incident: Incident, by: str) -> None:
    """Raises NotAllowed, naming who may: before anybody is told what their words lack."""
    runtime = desk.runtime
    await runtime.store.run(
        permitted.must, runtime.knowledge(), deed, incident, by, runtime.clock()
    )


async def acknowledge(desk: Desk, request: Request) -> SlackMessage:
    incident, _ = await target(desk, request)
    return done(await sure.take(desk, incident.id, request.by))


async def hand_over(desk: Desk, request: Request) -> SlackMessage:
    incident, words = await target(desk, request)
    await must(desk, Deed.HAND_OVER, incident, request.by)
    word, _, ticket = words.partition(" ")
    lane = _LANE_WORDS.get(word.lower())
    if lane is None:
        raise Invalid("Say to whom: /conn handover vendor, /conn handover publisher or … it")
    runtime = desk.runtime
    after = await runtime.store.run(
        respond.hand_over,
        runtime.knowledge(),
        incident.id,
        lane,
        request.by,
        runtime.clock(),
        ticket.strip(),
    )
    return done(f"🟣 {after.key} is with the {LANE_NAMES[lane]} now; their clock runs.")


async def answered(desk: Desk, request: Request) -> SlackMessage:
    incident, _ = await target(desk, request)
    after = await counterparty.stop_clock(desk, incident.id, request.by)
    return done(f"🟣 {after.key}: they answered. Their response clock has stopped.")


async def resolve(desk: Desk, request: Request) -> SlackMessage:
    incident, words = await target(desk, request)
    await must(desk, Deed.RESOLVE, incident, request.by)
    word, _, rest = words.partition(" ")
    anyway = word.lower().rstrip(":,") == "anyway"
    how = rest.strip() if anyway else words
    if blank(how):
        raise Invalid("Say the cause and the fix: /conn resolve the client secret was renewed")
    agreed = sure.ANYWAY if anyway else ""
    return done(await sure.resolve(desk, incident.id, request.by, how, agreed=agreed))


async def note(desk: Desk, request: Request) -> SlackMessage:
    incident, words = await target(desk, request)
    runtime = desk.runtime
    await runtime.store.run(respond.note, incident.id, request.by, words, runtime.clock())
    return done(f"📝 Added to the timeline of {incident.key}.")


async def switch_runbook(desk: Desk, request: Request) -> SlackMessage:
    """Without a name: the list. With one: go on with that runbook. `confirm` and a name: it was
    read and found right."""
    runtime = desk.runtime
    books = runtime.knowledge().runbooks
    if not request.words:
        rows = (
            f"`{book.id}` *{escape(book.name)}* {escape(book.summary)}" for book in books.values()
        )
        return message("Runbooks", [section("*Runbooks*"), lines(*rows)])
    word, _, named = request.words.partition(" ")
    if word.lower() == "confirm":
        book = await runtime.store.run(
            walk.confirm, runtime.knowledge(), named.strip(), request.by, runtime.clock()
        )
        return done(f"Noted: you read “{escape(book.name)}” today and found it right.")
    incident, words = await target(desk, request)
    await must(desk, Deed.USE_RUNBOOK, incident, request.by)
    if words not in books:
        raise NotFound(
            f"There is no runbook “{as_typed(words, 60)}”. There are: {', '.join(sorted(books))}."
        )
    await runtime.store.run(
        walk.switch,
        runtime.knowledge(),
        incident.id,
        runbook=words,
        by=request.by,
        now=runtime.clock(),
    )
    return done(f"{incident.key} goes on with the runbook “{escape(books[words].name)}”.")
