"""A ping that Slack does not take goes to the same person by another way, once.

The letter to Slack stays where it is: when Slack is back it is sent late and says so. Nobody
further up is pinged earlier or later for it; the ladder keeps its deadlines.

What leaves by other ways than Slack has its types here: pages for people, and mails to parties
outside.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.core.estate.catalogue import Catalogue, Person
from bot.core.estate.lane import LANE_NAMES
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import PingSent
from bot.core.outbox.address import ToPersonElsewhere
from bot.core.outbox.letter import LATE, OutboxMessage, WaitingPing
from bot.core.outbox.notice import Show, incident_of
from bot.flows import views
from bot.flows.incidents import data_faults, ping
from bot.flows.incidents.grouping import children
from bot.flows.outbox import said_errors
from bot.flows.outbox.pinged_before import pinged_then
from bot.flows.views import IncidentView
from bot.flows.work import Work
from bot.language.local_time import local
from bot.language.marks import outside, render, when, who
from bot.language.redaction import Secret
from bot.language.units import are, incident_key

_DONE = "fallback"  # kept value: the letters that were turned over to the other way
_PACED = frozenset({"", "paced"})  # words of our own pace, which are no trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a person reads where there is no Slack."""

    person: Person
    title: str
    body: str


def configure(work: Work, *, everybody: bool) -> None:
    """Remember whether the settings name a way for people who have none of their own."""
    work.tx.remember("settings", "fallback", "yes" if everybody else "")


def tick(work: Work, *, dark: bool) -> int:
    """Turn over every ping that waits longer than `LATE` because Slack cannot be reached (`dark`)
    or does not take it. Returns how many."""
    turned = 0
    for one in work.tx.waiting_pings(work.now - LATE):
        # What only keeps our own pace arrives in a moment.
        if dark or one.error not in _PACED:
            until = one.until if one.put_off else None
            turned += turn_over(work, one.letter, why_waiting(one), until=until)
    return turned


def why_waiting(one: WaitingPing) -> str:
    """In `language.marks` marks."""
    if one.put_off:
        return f"Slack put it off until {when(one.until)}"
    return "Slack cannot be reached" if one.error in _PACED else outside(one.error, 120)


def turn_over(
    work: Work,
    letter: OutboxMessage,
    why: str,
    *,
    refused: bool = False,
    until: datetime | None = None,
) -> bool:
    """Send this ping by another way as well; `why` is in marks, and `until` when Slack takes it.
    False when there is none, or when it was `refused` for good after it had been: then that way
    must not be counted on. A drill wakes nobody."""
    incident = _incident(work, letter)
    if incident is not None and incident.drill:
        return False
    told, person = letter.notice, work.catalogue.people.get(letter.person)
    everybody = work.tx.recall("settings", "fallback") == "yes"
    if not isinstance(told, PingSent) or person is None or not (person.fallback or everybody):
        return False
    # The letter stays in Slack's queue and is met again by each tick.
    if work.tx.recall(_DONE, str(letter.id)) is not None:
        return False
    work.tx.remember(_DONE, str(letter.id), work.now.isoformat())
    told = replace(told, letter=letter.id, why=why, refused=refused, until=until or told.until)
    work.tell(ToPersonElsewhere(person.id), told, about=letter.subject)
    return True


def arrived(work: Work, letter: OutboxMessage) -> None:
    match _incident(work, letter), letter.notice:
        case Incident() as incident, PingSent(why=why):
            said = f"{who(letter.person)} was pinged by another way than Slack ({why})."
            work.log(incident, "fallback", said)
    work.queue(Show(subject=letter.subject))


def failed(work: Work, letter: OutboxMessage, error: str) -> None:
    """It did not go by the other way either. When Slack had refused the ping for good, nobody was
    reached and the ladder goes on at once; otherwise the letter to Slack still waits. Once
    somebody has the incident it does not matter any more."""
    incident = _incident(work, letter)
    # Somebody has it, so that one ping which did not arrive wakes nobody further up.
    if incident is None or incident.state is not State.OPEN:
        return
    told = letter.notice
    if isinstance(told, PingSent) and told.refused:
        why = f"{told.why}; by another way: {error}"
        ping.undelivered(work, incident, letter.person, why)
    else:
        said = f"{who(letter.person)} could not be pinged by another way: {outside(error)}"
        work.log(incident, "undelivered", said)
    work.queue(Show(subject=letter.subject))


def write(work: Work, letter: OutboxMessage) -> Written | None:
    """The ping in plain text; None when nobody has to act on it any more."""
    incident, told = _incident(work, letter), letter.notice
    person = work.catalogue.people.get(letter.person)
    if incident is None or person is None or incident.state is not State.OPEN:
        return None
    view, catalogue = views.incident_view(work, incident.id), work.catalogue
    if view is None or not isinstance(told, PingSent):
        return None
    mine = told.parts
    matter = outside(children.matter(incident, view.connections, mine))
    matter = f"{matter[:1].upper()}{matter[1:]}"
    first = ", the first of them" if children.apart(view.connections, mine) else ""
    once_more = children.once_more(incident, view.connections)
    again = f", then it ran, and again since {_at(once_more, person)}" if once_more else ""
    lines = [
        _role(view, told, catalogue, person),
        f"What: {matter}.",
        _first_seen(view, catalogue, person),
        f"Since: {_at(children.since(incident, view.connections, mine), person)}{first}{again}",
        *_known(view, catalogue, person, told),
        _asked(view, told),
        _next(view, catalogue, person),
        f"{_no_slack(told, person)}, so you get it this way. Acknowledge in Slack as soon"
        " as you can; until then nobody sees that you have it.",
    ]
    title = f"{matter} ({incident.key})"
    return Written(person=person, title=title, body="\n".join(line for line in lines if line))


def _no_slack(told: PingSent, person: Person) -> str:
    if told.until:
        return f"Slack put this off until {_at(told.until, person)}"
    return "Slack cannot be used for this now"


def _incident(work: Work, letter: OutboxMessage) -> Incident | None:
    number = incident_of(letter.subject)
    return work.tx.incident(number) if number is not None else None


def _asked(view: IncidentView, told: PingSent) -> str:
    asked = data_faults.asked_in(data_faults.of_reader(view.data_faults, told.reader))
    return f"You: {asked}." if asked else ""


def _role(view: IncidentView, told: PingSent, catalogue: Catalogue, person: Person) -> str:
    if told.covers:
        return f"{person.name}, you cover for {catalogue.person_name(told.covers)}."
    if told.had:
        return f"{person.name}, you had {incident_key(told.had)}, which is a part of this now."
    if told.owns_data and _asked(view, told):
        return f"{person.name}, you own the data, and the fault is in it."
    if told.accountable:
        return f"{person.name}, you are the named contact of the accountable lane."
    if told.is_first:
        return f"{person.name}, you are the first responder."
    if told.anew or (told.rung == 0 and not told.unnamed):
        return f"{person.name}, you own the data."
    if told.let_go:
        had = "you" if told.let_go == person.id else catalogue.person_name(told.let_go)
        return f"{person.name}, {had} had this and did not go on."
    if told.unnamed:
        return f"{person.name}, no first responder is named, so this comes to you."
    return f"{person.name}, nobody has taken this so far."


def _known(view: IncidentView, catalogue: Catalogue, person: Person, told: PingSent) -> list[str]:
    """As in the letter in Slack: whose data is wrong, what fails and what to look at first."""
    mine, reader = told.parts, told.reader
    found = [f"Waiting: {_plain(view.waiting, catalogue, person)}"] if view.waiting else []
    for part in view.connections:
        if part.denied is not None:
            by = catalogue.person_name(part.denied.by)
            theirs = not mine or part.connection in mine
            why = f": {_plain(part.denied.why, catalogue, person)}" if theirs else ""
            found.append(f"Data of {outside(part.name)} is wrong, says {by}{why}")
    if any(not part.recovered for part in view.connections):
        errors = said_errors.told_to(view, mine, reader)
        found += [f"Error: {_plain(one, catalogue, person)}" for one in errors.first]
        found += [f"Also: {_plain(one, catalogue, person)}" for one in errors.also]
        if errors.shared:
            found.append(f"{outside(errors.beside)}: {_plain(errors.shared, catalogue, person)}")
        if errors.first:
            found += [f"Also: {_plain(one, catalogue, person)}" for one in view.silent]
        first = _plain(said_errors.first_check(view, mine, reader), catalogue, person)
        found += [f"First check: {first}"] if first else []
    if view.incident.lane:
        found.append(f"Lane: {LANE_NAMES[view.incident.lane]}")
    return found


def _first_seen(view: IncidentView, catalogue: Catalogue, person: Person) -> str:
    incident = view.incident
    if incident.reopened_by is not None:
        by, why = catalogue.person_name(incident.reopened_by), incident.reopened_why
        return f"Opened again by {by}: {_plain(why, catalogue, person)}"
    seen = _plain(" ".join(incident.reasons), catalogue, person)
    return "" if view.children else f"First seen: {seen}"


def _next(view: IncidentView, catalogue: Catalogue, person: Person) -> str:
    if not view.next_ping or not view.next_ping[1]:
        return ""
    moment, people = view.next_ping
    names = ", ".join(catalogue.person_name(one) for one in people)
    then = f"{names} {are(people)} {pinged_then(view, people)} at {_at(moment, person)}"
    return f"Next: without an acknowledgement {then}."


def _plain(text: str, catalogue: Catalogue, person: Person) -> str:
    return render(text, time=lambda moment: _at(moment, person), person=catalogue.person_name)


def _at(moment: datetime, person: Person) -> str:
    try:
        shown = local(moment, person.timezone)
    # A zone that this machine does not know must not cost the ping.
    except (KeyError, ValueError):
        shown = moment.astimezone(UTC)
    return shown.strftime("%Y-%m-%d %H:%M %Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A plain mail. `message_id` is the same for every try of the same letter."""

    to: str
    subject: str
    body: str
    message_id: str


class NotMailed(Exception):
    """The mail was not accepted; `final` when trying again is of no use."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Plain text for one person; `ways` are addresses of services and hold secrets."""

    ways: tuple[Secret, ...]
    title: str
    body: str


class NotPaged(Exception):
    """No way took it; `final` when trying again is of no use. The message holds no secret."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


Mailer = Callable[[Mail], Awaitable[None]]
Pager = Callable[[Person, str, str], Awaitable[None]]
"""Sends title and body to a person. Raises NotPaged unless at least one way took it."""
