"""Whose turn it is: the ladder goes on, or it finds nobody."""

from bot.core.incidents.incident import State
from bot.core.incidents.notices import (
    Away,
    Climbed,
    LadderStep,
    Nobody,
    Resting,
    Undelivered,
)
from bot.flows.outbox.pinged_before import pinged_then
from bot.flows.views import IncidentView
from bot.language.units import are
from bot.slack.incidents.many import named
from bot.slack.incidents.words import room
from bot.slack.kit import SlackMessage, message, section
from bot.slack.notice_words import about_incident, line
from bot.slack.text import Writer, escape, time


@line
def climbed(told: Climbed, view: IncidentView, writer: Writer) -> str:
    people, upcoming = told.people, told.next_people or ()
    pinged = f"{writer.people(people)} {are(people)} pinged now"
    if told.let_go in people:
        others = [one for one in people if one != told.let_go]
        pinged = f"they{f' and {writer.people(others)}' if others else ''} are pinged now"
    head = f"🔴 {why_pinged(told, view.incident.key, writer)}; {pinged}"
    if not told.next_at or not upcoming:
        return f"{head}."
    if set(upcoming) == set(people):
        return f"{head}, and again {time(told.next_at)} unless somebody takes it."
    then = f"{writer.people(upcoming)} {are(upcoming)} {pinged_then(view, upcoming)}"
    return f"{head}. Without an acknowledgement, {then} {time(told.next_at)}."


def why_pinged(told: LadderStep, key: str, writer: Writer, reader: str | None = None) -> str:
    """Why the ladder went on to somebody, as a sentence without its full stop."""
    if told.let_go:
        had = "You" if reader == told.let_go else writer.person(told.let_go)
        return f"{had} had {key} and did not go on"
    if told.unnamed:
        names = "" if isinstance(told.unnamed, bool) else named(told.unnamed, writer)
        return f"No first responder is named for {names or key}"
    if told.away:
        return f"{writer.people(told.away)} {are(told.away)} away without cover"
    return f"Nobody took {key}"


@line
def resting(told: Resting, view: IncidentView, writer: Writer) -> str:
    people = told.next_people
    whom = f"{writer.people(people)} {are(people)} {pinged_then(view, people)}" if people else ""
    then = f" {whom} {time(told.next_at)}." if whom and told.next_at else ""
    return (
        "🌙 Everybody left is outside their working hours, and this can wait:"
        f" nobody further up is woken.{then} Anybody may take it now."
    )


@line
def nobody(told: Nobody, view: IncidentView, writer: Writer) -> str:
    incident = view.incident
    name = view.connection.name if view.connection else incident.connection
    name = named(told.of, writer) or escape(name)
    if told.rungs and 0 not in told.rungs:
        which = " and ".join(str(rung) for rung in told.rungs)
        return (
            f"⚠️ *Rung {which} of the ladder of {name} names nobody* ({incident.key}), so the"
            " next one is pinged. Name somebody in the catalogue."
        )
    then = "Name one in the catalogue."
    if incident.state is State.OPEN:
        then = "Somebody must take it: press Acknowledge. Then name one in the catalogue."
    elif incident.live and incident.holder:
        then = f"{writer.person(incident.holder)} has it. {then}"
    return f"⚠️ *Nobody is named as first responder of {name}* ({incident.key}). {then}"


@about_incident
def nobody_to_person(
    told: Nobody, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = nobody(told, view, writer) + room(channel)
    return message(f"{view.incident.key}: nobody is named", [section(text)])


@line
def undelivered(told: Undelivered, view: IncidentView, writer: Writer) -> str:
    person, key, why = writer.name(told.person), view.incident.key, escape(told.why)
    then = " The next person is pinged now." if told.climbs else ""
    if told.perhaps:
        return (
            f"⚠️ *{person} was perhaps pinged* for {key}: Slack's answer was lost, and"
            f" the next try ended with: {why}.{then}"
        )
    return f"⚠️ *{person} could not be pinged* for {key}: {why}.{then}"


@about_incident
def undelivered_to_person(
    told: Undelivered, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = undelivered(told, view, writer) + room(channel)
    return message(f"{view.incident.key}: a ping was not delivered", [section(text)])


@line
def away(told: Away, view: IncidentView, writer: Writer) -> str:
    stays = view.incident.holder == told.person
    goes_on = "stays with them until somebody takes it" if stays else "goes on to the next person"
    return (
        f"⚠️ *{writer.name(told.person)} is away and nobody covers*"
        f" ({escape(told.why)}); {view.incident.key} {goes_on}."
        " Enter a cover with `/conn cover @them by @you until Friday`."
    )


@about_incident
def away_to_person(
    told: Away, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = away(told, view, writer) + (f" <#{channel}>." if channel else "")
    return message(f"{view.incident.key}: away without cover", [section(text)])
