"""What somebody typed, and which incident it is about."""

from dataclasses import dataclass

from bot.core.incidents.incident import Incident
from bot.flows import views
from bot.flows.work import Work
from bot.language.errors import NotFound
from bot.language.marks import as_typed
from bot.language.units import names_incident, parse_incident_key
from bot.slack.handler import Handler
from bot.slack.kit import SlackMessage, message, section


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


async def target(handler: Handler, request: Request) -> tuple[Incident, str]:
    """The incident that is meant and the words left over. Raises NotFound where one is named that
    is none of ours, OnlyOne where nothing but its being the only open one says which, and
    Elsewhere when it is unclear."""
    named = names_incident(request.words)
    if named is not None:
        return await handler.runtime.do(Work.incident, number_in(named[0])), named[1]
    here = await handler.runtime.do(views.incident_here, request.channel)
    if here is not None:
        return here, request.words
    live = await handler.runtime.do(views.live_incidents)
    # Guessing would be right today and close the wrong incident tomorrow.
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


def done(text: str) -> SlackMessage:
    return message(text, [section(text)])
