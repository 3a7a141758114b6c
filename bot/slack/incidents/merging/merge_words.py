"""What is said in channels when incidents are merged, split and opened again."""

from bot.core.incidents.notices_of_endings import Joined, MergedAway, OnItsOwn, Reopened, SplitOff
from bot.flows.views import IncidentView
from bot.language.units import incident_key, say_names
from bot.slack.incidents.many import called, named
from bot.slack.notice_words import line
from bot.slack.text import Writer, escape, time


@line
def merged(told: MergedAway, view: IncidentView, writer: Writer) -> str:
    where = f" in <#{told.channel}>" if told.channel else ""
    if not told.by:
        return (
            f"⚪ *{view.incident.key} is a part of {incident_key(told.into)}*: the cause is"
            f" {escape(told.cause)}. It goes on{where}, and this channel falls quiet."
            f" If that is wrong: `/conn split {escape(view.incident.connection)}`"
        )
    return (
        f"⚪ {writer.person(told.by)} merged {view.incident.key} into"
        f" *{incident_key(told.into)}*: it goes on{where}, and this channel falls quiet."
        f" To undo it: `/conn split {escape(view.incident.connection)}`"
    )


@line
def joined(told: Joined, view: IncidentView, writer: Writer) -> str:
    child = f"{incident_key(told.number)} ({escape(told.title)})"
    had = f" {writer.person(told.holder)} had it." if told.holder else ""
    if told.by:
        merger = writer.person(told.by)
        return f"🔗 {merger} merged {child} into this.{had} Its people are here now."
    return (
        f"🔗 {child} has the same cause, {escape(told.cause)}, and is a part of this"
        f" now.{had} Its people are here."
    )


@line
def split(told: OnItsOwn, view: IncidentView, writer: Writer) -> str:
    from_whom = f" from {incident_key(told.whole)}" if told.whole else ""
    parent = incident_key(told.whole) if told.whole else "the other one"
    who = f" It still fails while {parent} runs again."
    if told.by:
        who = f" {writer.person(told.by)} split it{from_whom}."
    return f"🔴 *{view.incident.key} is on its own again.*{who}{called(told.pinged, writer)}"


@line
def reopened(told: Reopened, view: IncidentView, writer: Writer) -> str:
    if told.by:
        said = f"{writer.person(told.by)} opened it again: {escape(told.why)}."
    else:
        ended = f"was resolved {time(told.resolved_at)} " if told.resolved_at else ""
        said = f"It {ended}{'and ' if ended else ''}fails again in the same way."
        if told.never_stopped:
            said = f"It {ended}but never stopped failing."
    return f"🔴 *{view.incident.key} was not over.* {said}{called(told.pinged, writer)}"


@line
def split_off(told: SplitOff, view: IncidentView, writer: Writer) -> str:
    if told.by and told.number is not None:
        who, name = writer.person(told.by), escape(told.part)
        return f"🔗 {who} split {name} off: it is {incident_key(told.number)} now."
    left = told.left
    several, ids = len(left) > 1, [one for one, _ in left]
    are, they = ("are", "they") if several else ("is", "it")
    why = f"{they} still fail{'' if several else 's'} while the others run again"
    if not told.still:
        why = f"{they} failed again before this was opened again"
    keys = list(dict.fromkeys(incident_key(number) for _, number in left if number is not None))
    there = f" {they.title()} go{'' if several else 'es'} on in {say_names(keys)}." if keys else ""
    none = "" if all(number for _, number in left) else " `/conn status` says how the rest stands."
    head = f"{named(ids, writer)} {are} no part of {view.incident.key} any more"
    return f"🔗 *{head}:* {why}.{there}{none}"
