"""`/conn cover` and `/conn sla`: who stands in for whom, and how parties keep their contracts."""

import re

from bot.core.ask.resolve import resolve
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ids import PersonId
from bot.core.estate.index import NameKind
from bot.flows import handle_absence
from bot.language.errors import Invalid, NotFound
from bot.language.marks import as_typed
from bot.language.typed_times import read_until
from bot.language.words import plain_words
from bot.slack.handler import Body, Desk, clicked
from bot.slack.ids import Action, incident_number
from bot.slack.kit import SlackMessage, message, section
from bot.slack.people import words as cover_blocks
from bot.slack.request import Request

_FORM = re.compile(r"(?:for\s+)?(?P<person>.+?)\s+by\s+(?P<by>.+?)\s+until\s+(?P<until>.+)", re.I)
_CANCEL = re.compile(
    r"(?:cancel|end|stop)\s+(?P<person>.+)|(?P<back>.+?)\s+(?:is\s+|am\s+)?back", re.I
)
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_HOW = "Write for example: /conn cover @away by @stand-in until Friday. /conn cover lists them."
_ME = frozenset({"me", "i", "myself"})


async def cover(desk: Desk, request: Request) -> SlackMessage:
    """Without words the list; else a cover begins or ends."""
    words = request.words.strip()
    runtime = desk.runtime
    if not words or words.casefold() == "list":
        view = await runtime.store.run(handle_absence.listed, runtime.clock())
        return cover_blocks.listing(view, await desk.face())
    try:
        return await _entered_or_ended(desk, request, words)
    except (Invalid, NotFound):
        handle_absence.may_enter_some(runtime.knowledge().catalogue, request.by)
        raise


async def _entered_or_ended(desk: Desk, request: Request, words: str) -> SlackMessage:
    if form := _FORM.fullmatch(words):
        return await _begin(desk, request, form["person"], form["by"], form["until"])
    if form := _CANCEL.fullmatch(words):
        return await _cancel(desk, request, form["person"] or form["back"])
    raise Invalid(_HOW)


async def _begin(
    desk: Desk, request: Request, away: str, stand_in: str, until: str
) -> SlackMessage:
    runtime = desk.runtime
    catalogue = runtime.knowledge().catalogue
    person = await _person(desk, away, request.by)
    by = await _person(desk, stand_in, request.by)
    handle_absence.may_enter(catalogue, person, by, request.by)
    zone = catalogue.people[person].timezone if person in catalogue.people else catalogue.timezone
    ends = read_until(until, runtime.clock(), zone)
    entered = await runtime.store.run(
        handle_absence.enter,
        runtime.knowledge(),
        person=person,
        stand_in=by,
        until=ends,
        by=request.by,
        now=runtime.clock(),
    )
    desk.wake()
    return _said(cover_blocks.entered(entered, await desk.face()))


async def _cancel(desk: Desk, request: Request, words: str) -> SlackMessage:
    runtime = desk.runtime
    person = await _person(desk, words, request.by)
    ended = await runtime.store.run(
        handle_absence.cancel,
        runtime.knowledge(),
        person=person,
        by=request.by,
        now=runtime.clock(),
    )
    desk.wake()
    return _said(cover_blocks.ended(ended, await desk.face()))


async def agree(desk: Desk, body: Body) -> None:
    await _decide(desk, body, yes=True)


async def decline(desk: Desk, body: Body) -> None:
    await _decide(desk, body, yes=False)


async def _decide(desk: Desk, body: Body, *, yes: bool) -> None:
    runtime, number = desk.runtime, incident_number(clicked(body))
    by = await desk.actor(body)
    found = await runtime.store.run(
        handle_absence.agree, runtime.knowledge(), number, yes=yes, by=by, now=runtime.clock()
    )
    desk.wake()
    face = await desk.face()
    said = cover_blocks.entered(found, face) if yes else cover_blocks.ended(found, face)
    await desk.reply(body, _said(said))


def _said(text: str) -> SlackMessage:
    return message(text, [section(text)])


async def _person(desk: Desk, words: str, by: PersonId) -> PersonId:
    """The one person meant by a mention, an id, a name or “me”. Raises NotFound."""
    said = words.strip()
    if said.casefold() in _ME:
        return by
    if mention := _MENTION.fullmatch(said):
        return await desk.people.person(mention[1])
    knowledge = desk.runtime.knowledge()
    plain = said.removeprefix("@")
    direct = _by_id(knowledge.catalogue, plain)
    if direct:
        return direct
    found = resolve(knowledge.index, NameKind.PERSON, plain_words(plain))
    if found.id:
        return found.id
    if found.rivals:
        names = ", ".join(knowledge.catalogue.person_name(one) for one in found.rivals[:5])
        raise NotFound(f"“{as_typed(said, 60)}” may be {names}. Use their @name.")
    raise NotFound(f"I know nobody called “{as_typed(said, 60)}”. Use their @name.")


def _by_id(catalogue: Catalogue, said: str) -> PersonId | None:
    key = said.casefold()
    if key in catalogue.people:
        return key
    named = [one.id for one in catalogue.people.values() if one.name.casefold() == key]
    return named[0] if len(named) == 1 else None


ACTIONS = {Action.COVER_AGREE: agree, Action.COVER_DECLINE: decline}
