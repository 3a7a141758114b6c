"""The question whether the data is right: one message for each person and incident, which asks
about every connection that is theirs, and goes on saying how far it is."""

from collections.abc import Sequence

from bot.core.incidents.correlation import BY_HAND, OUTAGES, UNREACHABLE
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices_of_endings import ConfirmData, ConfirmReminder
from bot.core.monitoring.flapping import down_between
from bot.core.people.denial import Denial
from bot.flows.incidents.grouping.children import ChildView
from bot.flows.views import IncidentView
from bot.language.units import say_count, say_names
from bot.slack.ids import Action, value
from bot.slack.incidents import current
from bot.slack.incidents.overtaken import overtaken
from bot.slack.kit import Block, SlackMessage, actions, button, lines, message, section, stands_in
from bot.slack.monitoring.words import say_down, turns_words
from bot.slack.notice_words import about_incident, repeatable
from bot.slack.text import Writer, escape, time

_ROWS = 8  # connections with buttons of their own
_SPANS = 3  # and with a time in a reminder


@repeatable
def confirm(
    told: ConfirmData, view: IncidentView, channel: str | None, writer: Writer, newer: bool
) -> SlackMessage:
    return asked_again(view) if newer else question(told.person, view, channel, writer)


def question(reader: str, view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    """With buttons for as long as an answer is missing, whatever becomes of the others."""
    incident = view.incident
    mine = _own(reader, view)
    if not incident.asks_data or not any(
        child.denied or (child.recovered and not waits_until_steady(view, child)) for child in mine
    ):
        return overtaken(view, channel, writer)
    # Of what nobody is named for no word will come, so it is not waited for.
    left = sum(not child.confirmed and child.approver is not None for child in view.connections)
    asked = _unanswered(view, mine)
    where = f" · <#{channel}>" if channel else ""
    after = f" after {_what_it_was(incident)}" if view.children else ""
    head = _head(mine, asked, after) or _wrong(reader, mine, after, writer)
    blocks = [section(f"{head} {incident.key}{where}"), *_for_whom(reader, mine, writer)]
    if again := current.opened_again(view, writer):
        blocks.append(section(again))
    if any(child.flaps for child in mine):
        blocks.append(section(f"*It came and went:* {turns_words(view.flapping)}"))
    rows = [*asked, *(child for child in mine if child not in asked)]
    for place, child in enumerate(rows[:_ROWS]):
        blocks += _row(view, child, place, writer, alone=len(mine) == 1)
    blocks += _rest(view, rows[_ROWS:], asked)
    if all(child.confirmed for child in mine):
        blocks.append(section(f"Confirmed; {left} to go."))
    names = ", ".join(child.name for child in mine[:3])
    said = "runs" if len(mine) == 1 else "run"
    wanted = f"The data of {names}"
    if asked or any(child.asked_anew for child in mine):
        wanted = f"{names} {said} again. Is the data right?"
    return message(f"{wanted} ({incident.key})", blocks)


def asked_again(view: IncidentView) -> SlackMessage:
    """Of two questions about one incident only the newer one can be answered."""
    text = (
        f"{view.incident.key}: the data is asked about again; the newest question has the buttons."
    )
    return message(text, [section(text)])


def _for_whom(reader: str, mine: Sequence[ChildView], writer: Writer) -> list[Block]:
    """In whose place the reader is asked; nothing where all is their own."""
    asked = (child.named for child in mine if child.approver == reader)
    away = dict.fromkeys(one for one in asked if one and one != reader)
    return [section(stands_in([*away], writer))] if away else []


def after_end(view: IncidentView, reader: str, writer: Writer) -> tuple[str, list[Block]]:
    """The question about what a person ended, with buttons for what the reader has not confirmed,
    whether it runs or not."""
    done = [escape(child.name) for child in view.children if child.confirmed]
    before = f"Confirmed is the data of {say_names(done, _ROWS)}." if done else _NOBODY
    mine = [child for child in _own(reader, view) if not child.confirmed]
    unsaid = [child for child in mine if child.denied is None]
    if not unsaid:
        before = ""
    asked = f"{before} *Is {'the data' if unsaid else 'it'} right{'' if unsaid else ' by now'}?*"
    blocks = _for_whom(reader, mine, writer)
    for place, child in enumerate([*unsaid, *(child for child in mine if child.denied)][:_ROWS]):
        if child.denied is not None:
            blocks += _denied(view, child, child.denied, place, writer)
        else:
            blocks += _asked(view, child, place, writer, alone=not view.children)
    return asked.strip(), [*blocks, *_rest(view, mine[_ROWS:], unsaid)]


_NOBODY = "Nobody who judges the data has confirmed it."


def _rest(view: IncidentView, more: Sequence[ChildView], asked: Sequence[ChildView]) -> list[Block]:
    """The connections without buttons of their own, and one button for all."""
    names = ", ".join(escape(child.name) for child in more)
    blocks: list[Block] = [section(f"and {names}")] if names else []
    if len(asked) > 1:
        row = button(
            f"All {len(asked)} are right", Action.CONFIRM_DATA, value(view.incident.id), word="all"
        )
        blocks.append(actions([row], "confirm"))
    return blocks


def _what_it_was(incident: Incident) -> str:
    """What its connections shared; an outage only where every error said so."""
    cause = "" if incident.cause == BY_HAND else escape(incident.cause)
    # An outage explains its children by itself; what only began together is no outage.
    kinds = {one for one in (incident.kind, *incident.kinds) if one}
    if cause and kinds and kinds <= {*OUTAGES, UNREACHABLE}:
        return f"the outage of {cause}"
    return f"the shared failure{f' ({cause})' if cause else ''}"


def _own(reader: str, view: IncidentView) -> list[ChildView]:
    """The connections that the reader answers for, also while somebody else does so in their
    place; the first where nobody is named for any."""
    # Both, since who was asked first may answer as well as whoever stands in.
    mine = [child for child in view.connections if reader in (child.approver, child.named)]
    return mine or list(view.connections[:1])


def open_question(child: ChildView) -> bool:
    """Whether it runs, and nobody has said yet whether its data is right."""
    return child.recovered and not child.confirmed and child.denied is None


def waits_until_steady(view: IncidentView, child: ChildView) -> bool:
    """Whether it comes and goes, so that its data is asked about when it runs steadily."""
    return child.flaps and view.incident.state is not State.VERIFYING


def _unanswered(view: IncidentView, mine: Sequence[ChildView]) -> list[ChildView]:
    """Those with buttons: what comes and goes is asked about when it runs steadily."""
    return [child for child in mine if open_question(child) and not waits_until_steady(view, child)]


def _wrong(reader: str, mine: Sequence[ChildView], after: str, writer: Writer) -> str:
    """Whose data is wrong, and by whose word: another one may have said it for the reader."""
    names = ", ".join(escape(child.name) for child in mine if child.denied)
    said = list(dict.fromkeys(child.denied.by for child in mine if child.denied))
    by = "you" if said == [reader] else writer.people(said)
    return f"🔴 *The data of {names} is wrong{after}, as {by} said.*"


def _head(mine: Sequence[ChildView], asked: Sequence[ChildView], after: str) -> str:
    """The question as it is now; empty where all that is to be said is whose data is wrong."""
    if not asked and (wrong := [child for child in mine if child.denied]):
        if anew := [child for child in wrong if child.asked_anew]:
            again = ", ".join(escape(child.name) for child in anew)
            verb, whose = ("runs", "its") if len(anew) == 1 else ("run", "their")
            return f"🔵 *{again} {verb} again{after}. Is {whose} data right by now?*"
        return ""
    if not asked:
        return f"🔵 *Your data is confirmed{after}.*"
    if len(mine) > 1 and len(asked) < len(mine):
        verb, whose = ("is", "its") if len(asked) == 1 else ("are", "their")
        left = f"{len(asked)} of your {len(mine)} connections {verb} to be confirmed"
        return f"🔵 *{left}{after}. Is {whose} data right?*"
    if len(mine) == 1:
        whose = "its" if after else "the"
        return f"🔵 *{escape(mine[0].name)} runs again{after}. Is {whose} data right?*"
    count = say_count(len(mine), "connection")
    return f"🔵 *{count} of yours run again{after}. Is their data right?*"


def _row(
    view: IncidentView, child: ChildView, place: int, writer: Writer, *, alone: bool
) -> list[Block]:
    if child.confirmed:
        return [section(f"✓ *{escape(child.name)}*: its data is right.")]
    if not child.recovered:
        since = time(child.again or child.failing_since)
        again = "it fails again" if child.again else "it fails"
        word = said_wrong(child.denied, writer) if child.denied else ""
        told = f"{again}, since {since}; you are asked when it runs."
        return [lines(f"🔴 *{escape(child.name)}*: {told}", word)]
    if child.denied is not None:
        return _denied(view, child, child.denied, place, writer)
    if waits_until_steady(view, child):
        told = "it comes and goes; you are asked when it is calm."
        return [section(f"🟠 *{escape(child.name)}*: {told}")]
    return _asked(view, child, place, writer, alone=alone)


def _asked(
    view: IncidentView, child: ChildView, place: int, writer: Writer, *, alone: bool
) -> list[Block]:
    name = "" if alone else f"*{escape(child.name)}*"
    number = value(view.incident.id, child.connection)
    return [
        lines(
            name,
            _not_over(view, child, writer),
            _reported(view, child),
            _span(view, child),
            _figures(child),
            "*Please look:* did everything from that time arrive, once, and complete?"
            if alone
            else "",
        ),
        actions(
            [
                button(
                    "Data is right",
                    Action.CONFIRM_DATA,
                    number,
                    style="primary",
                    word=str(place) if place else "",
                ),
                button(
                    "Data is wrong…",
                    Action.REJECT_DATA,
                    number,
                    style="danger",
                    word=str(place) if place else "",
                ),
            ],
            f"confirm:{place}",
        ),
    ]


def _denied(
    view: IncidentView, child: ChildView, denied: Denial, place: int, writer: Writer
) -> list[Block]:
    text = f"🔴 *{escape(child.name)}*: {said_wrong(denied, writer)}"
    span = (_span(view, child), _figures(child)) if child.asked_anew else ()
    number, word = value(view.incident.id, child.connection), str(place) if place else ""
    mended = button("It is right now", Action.CONFIRM_DATA, number, word=word)
    return [lines(text, *span), actions([mended], f"confirm:{place}")]


def said_wrong(denied: Denial, writer: Writer) -> str:
    said = f"{writer.person(denied.by)} said{f' {time(denied.at)}' if denied.at else ''}"
    return f"{said} that its data is wrong: {escape(denied.why)}"


def _not_over(view: IncidentView, child: ChildView, writer: Writer) -> str:
    """Who said of a child, before it was one, that it was not over; of the incident itself the
    question begins with it."""
    if child.reopened_by is None or child.connection == view.incident.connection:
        return ""
    at = f" {time(child.reopened_at)}" if child.reopened_at else ""
    return (
        f"*Opened again:* by {writer.person(child.reopened_by)}{at}: {escape(child.reopened_why)}"
    )


def _reported(view: IncidentView, child: ChildView) -> str:
    """What people saw of it, in their words: that is what has to be right now."""
    told = view.incident.live or child.connection != view.incident.connection  # above already
    said = [one for one in child.symptoms if not told or one != child.reopened_why]
    return f"*What was seen:* {escape('; '.join(said))}" if said else ""


def _span(view: IncidentView, child: ChildView) -> str:
    # Only a part of an incident has a recovery of its own on record.
    over = child.recovered_at or view.incident.recovered_at
    first = child.connection == view.incident.connection
    told = " (as told)" if first and view.incident.detected_by != "check" else ""
    span = f"from {time(child.failing_since)}{told} to {time(over) if over else 'now'}"
    began = view.incident.failing_since if first else child.failing_since
    down = down_between(child.turns, child.failing_since, began, over or child.failing_since)
    ran = f"; down for {say_down(down)}" if down.stretches > 1 else ""
    return f"*It failed:* {span}{ran}"


def _figures(child: ChildView) -> str:
    waiting = "unknown now" if child.unread else f"{child.waiting:,}" if child.waiting else "none"
    if child.worst:
        error = "record was" if child.worst == 1 else "records were"
        now = "how many now is unknown" if child.errors_unread else f"{child.failed:,} now"
        return f"up to {child.worst:,} {error} in error, {now} · still waiting: {waiting}"
    if child.unread:
        return f"*Still waiting:* {waiting}"
    return f"*Still waiting:* {say_count(child.waiting, 'record') if child.waiting else 'nothing'}"


@about_incident
def reminder(
    told: ConfirmReminder, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """A word in the thread of the question; without a button, for those are above."""
    if not view.incident.asks_data:
        return overtaken(view, channel, writer)
    mine = _own(told.person, view)
    unsaid = _unanswered(view, mine)
    if anew := [child for child in mine if child.asked_anew]:
        return _asked_anew(view, anew, unsaid, writer)
    if not unsaid:
        answered = f"✓ {view.incident.key}: nothing of yours waits for an answer."
        return message(answered, [section(answered)])
    text = (
        f"⏰ *{view.incident.key} still waits for your word on the data.*{_ran(unsaid)}"
        " Answer above."
    )
    return message(f"{view.incident.key} waits for your word on the data", [section(text)])


def _ran(asked: Sequence[ChildView]) -> str:
    """Since when the connections that are asked about run, each for itself."""
    since = {child.recovered_at: child.name for child in asked if child.recovered_at}
    # One time for all of them is said once.
    if len(since) == 1:
        return f" {'It runs' if len(asked) == 1 else 'They run'} since {time(min(since))}."
    return "".join(
        f" {escape(child.name)} runs since {time(child.recovered_at)}."
        for child in asked[:_SPANS]
        if child.recovered_at
    )


def _asked_anew(
    view: IncidentView, anew: Sequence[ChildView], unsaid: Sequence[ChildView], writer: Writer
) -> SlackMessage:
    """It runs once more, and what was said before it failed again stands."""
    rows = []
    for child in anew:
        since = f", since {time(child.recovered_at)}" if child.recovered_at else ""
        word = said_wrong(child.denied, writer) if child.denied else ""
        rows.append(f"*{escape(child.name)} runs again{since}.* {word}")
    rows.append("⏰ Is it right by now? If so, press *It is right now* above.")
    if unsaid:
        names = ", ".join(escape(child.name) for child in unsaid)
        rows.append(f"Of {names} your word is missing; answer above.")
    asked = f"{view.incident.key}: is the data right by now?"
    return message(asked, [lines(*rows)])
