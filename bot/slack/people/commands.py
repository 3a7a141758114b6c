"""`/conn cover`: who stands in for whom."""

import re

from bot.core.estate.ids import PersonId
from bot.core.estate.lookup import find_person
from bot.flows import handle_absence
from bot.language.errors import Invalid, NotFound
from bot.language.marks import as_typed
from bot.language.typed_times import read_until
from bot.slack.handler import Body, Handler, clicked
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


async def cover(handler: Handler, request: Request) -> SlackMessage:
    """Without words the list; else a cover begins or ends."""
    words = request.words.strip()
    runtime = handler.runtime
    if not words or words.casefold() == "list":
        view = await runtime.do(handle_absence.listed)
        return cover_blocks.listing(view, await handler.writer())
    try:
        return await _entered_or_ended(handler, request, words)
    except (Invalid, NotFound):
        handle_absence.may_enter_some(runtime.knowledge().catalogue, request.by)
        raise


async def _entered_or_ended(handler: Handler, request: Request, words: str) -> SlackMessage:
    if form := _FORM.fullmatch(words):
        return await _begin(handler, request, form["person"], form["by"], form["until"])
    if form := _CANCEL.fullmatch(words):
        return await _cancel(handler, request, form["person"] or form["back"])
    raise Invalid(_HOW)


async def _begin(
    handler: Handler, request: Request, away: str, stand_in: str, until: str
) -> SlackMessage:
    runtime = handler.runtime
    catalogue = runtime.knowledge().catalogue
    person = await _person(handler, away, request.by)
    by = await _person(handler, stand_in, request.by)
    handle_absence.may_enter(catalogue, person, by, request.by)
    zone = catalogue.people[person].timezone if person in catalogue.people else catalogue.timezone
    ends = read_until(until, runtime.clock(), zone)
    entered = await runtime.do(
        handle_absence.enter, person=person, stand_in=by, until=ends, by=request.by
    )
    handler.wake()
    return _said(cover_blocks.entered(entered, await handler.writer()))


async def _cancel(handler: Handler, request: Request, words: str) -> SlackMessage:
    runtime = handler.runtime
    person = await _person(handler, words, request.by)
    ended = await runtime.do(handle_absence.cancel, person=person, by=request.by)
    handler.wake()
    return _said(cover_blocks.ended(ended, await handler.writer()))


async def agree(handler: Handler, body: Body) -> None:
    await _decide(handler, body, yes=True)


async def decline(handler: Handler, body: Body) -> None:
    await _decide(handler, body, yes=False)


async def _decide(handler: Handler, body: Body, *, yes: bool) -> None:
    runtime, number = handler.runtime, incident_number(clicked(body))
    by = await handler.actor(body)
    found = await runtime.do(handle_absence.agree, number, yes=yes, by=by)
    handler.wake()
    writer = await handler.writer()
    said = cover_blocks.entered(found, writer) if yes else cover_blocks.ended(found, writer)
    await handler.reply(body, _said(said))


def _said(text: str) -> SlackMessage:
    return message(text, [section(text)])


async def _person(handler: Handler, words: str, by: PersonId) -> PersonId:
    """The one person meant by a mention, an id, a name or “me”. Raises NotFound."""
    said = words.strip()
    if said.casefold() in _ME:
        return by
    if mention := _MENTION.fullmatch(said):
        return await handler.people.person(mention[1])
    knowledge = handler.runtime.knowledge()
    found = find_person(knowledge.index, said.removeprefix("@"))
    if found.id:
        return found.id
    if found.rivals:
        names = ", ".join(knowledge.catalogue.person_name(one) for one in found.rivals[:5])
        raise NotFound(f"“{as_typed(said, 60)}” may be {names}. Use their @name.")
    raise NotFound(f"I know nobody called “{as_typed(said, 60)}”. Use their @name.")


ACTIONS = {Action.COVER_AGREE: agree, Action.COVER_DECLINE: decline}
