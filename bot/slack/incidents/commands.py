"""Commands about one incident: the one named, the one whose channel this is, or the only one."""

from dataclasses import dataclass

from bot.core.estate.catalogue import LANE_NAMES, Lane
from bot.core.incidents.incident import Incident
from bot.core.people.permissions import Deed
from bot.flows import views, work
from bot.flows.incidents import respond
from bot.flows.people import permitted
from bot.flows.runbooks import walk
from bot.language.errors import Invalid, NotFound
from bot.language.marks import as_typed, blank
from bot.language.units import names_incident, parse_incident_key
from bot.slack import sure
from bot.slack.handler import Desk
from bot.slack.incidents.counterparty import counterparty
from bot.slack.kit import Message, lines, message, section
from bot.slack.text import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was typed, by whom and where. `words` is what stands behind the command's word;
    `private` is whether nobody else reads the answer. `spoken` is whether it was a message or a
    mention, which may be a sentence, and no slash command. `trigger` opens a modal, and is empty
    for what was typed in a message."""

    by: str
    channel: str
    words: str
    private: bool = True
    trigger: str = ""
    spoken: bool = False


class Elsewhere(Exception):
    """The command does not say which incident; `why` introduces the list of open ones."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class OnlyOne(Exception):
    """The command does not say which incident, and only one is open: asked, not guessed."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(incident.key)
        self.incident = incident


_LANE_WORDS = {
    "vendor": Lane.VENDOR,
    "connector": Lane.VENDOR,
    "publisher": Lane.PUBLISHER,
    "erp": Lane.PUBLISHER,
    "it": Lane.IT,
    "partner": Lane.IT,
}


async def target(desk: Desk, request: Request) -> tuple[Incident, str]:
    """The incident that is meant and the words left over. Raises NotFound where one is named that
    is none of ours, OnlyOne where nothing but its being the only open one says which, and
    Elsewhere when it is unclear."""
    named = names_incident(request.words)
    if named is not None:
        return await desk.runtime.store.run(work.load, number_in(named[0])), named[1]
    here = await desk.runtime.store.run(views.incident_here, request.channel)
    if here is not None:
        return here, request.words
    live = await desk.runtime.store.run(views.live_incidents)
    if len(live) == 1:
        raise OnlyOne(live[0][0])
    raise Elsewhere("Use this in an incident's channel, or name one, for example INC-42.")


def number_in(name: str) -> int:
    """Of an incident as somebody wrote it. Raises NotFound where that is none of ours."""
    number = parse_incident_key(name)
    if number is None:
        raise NotFound(
            f"There is no incident “{as_typed(name, 40)}”. Nothing was changed. Write it like"
            " INC-42; `/conn status` shows what is open."
        )
    return number


async def must(desk: Desk, deed: Deed, incident: Incident, by: str) -> None:
    """Raises NotAllowed, naming who may: before anybody is told what their words lack."""
    runtime = desk.runtime
    await runtime.store.run(
        permitted.must, runtime.knowledge(), deed, incident, by, runtime.clock()
    )


def done(text: str) -> Message:
    return message(text, [section(text)])


async def acknowledge(desk: Desk, request: Request) -> Message:
    incident, _ = await target(desk, request)
    return done(await sure.take(desk, incident.id, request.by))


async def hand_over(desk: Desk, request: Request) -> Message:
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


async def answered(desk: Desk, request: Request) -> Message:
    incident, _ = await target(desk, request)
    after = await counterparty.stop_clock(desk, incident.id, request.by)
    return done(f"🟣 {after.key}: they answered. Their response clock has stopped.")


async def resolve(desk: Desk, request: Request) -> Message:
    incident, words = await target(desk, request)
    await must(desk, Deed.RESOLVE, incident, request.by)
    word, _, rest = words.partition(" ")
    anyway = word.lower().rstrip(":,") == "anyway"
    how = rest.strip() if anyway else words
    if blank(how):
        raise Invalid("Say the cause and the fix: /conn resolve the client secret was renewed")
    agreed = sure.ANYWAY if anyway else ""
    return done(await sure.resolve(desk, incident.id, request.by, how, agreed=agreed))


async def note(desk: Desk, request: Request) -> Message:
    incident, words = await target(desk, request)
    runtime = desk.runtime
    await runtime.store.run(respond.note, incident.id, request.by, words, runtime.clock())
    return done(f"📝 Added to the timeline of {incident.key}.")


async def switch_runbook(desk: Desk, request: Request) -> Message:
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
