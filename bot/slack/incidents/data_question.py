"""The question whether the data is right: one message for each person and incident, which asks
about every connection that is theirs, and goes on saying how far it is."""

from collections.abc import Sequence

from bot.core.incidents.correlation import BY_HAND, OUTAGES, UNREACHABLE
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices_of_endings import ConfirmData, ConfirmReminder
from bot.core.people.denial import Denial
from bot.flows.incidents.grouping.parts import PartView
from bot.flows.monitoring import downtime
from bot.flows.views import IncidentView
from bot.language.units import say_count, say_names
from bot.slack.ids import Action, value
from bot.slack.incidents import current
from bot.slack.incidents.overtaken import overtaken
from bot.slack.kit import Block, SlackMessage, actions, button, lines, message, section, stands_in
from bot.slack.monitoring.flapping_words import say_down, turns_words
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
        part.denied or (part.recovered and not waits_for_calm(view, part)) for part in mine
    ):
        return overtaken(view, channel, writer)
    left = sum(not part.confirmed and part.judge is not None for part in view.connections)
    asked = _unanswered(view, mine)
    where = f" · <#{channel}>" if channel else ""
    after = f" after {_what_it_was(incident)}" if view.parts else ""
    head = _head(mine, asked, after) or _wrong(reader, mine, after, writer)
    blocks = [section(f"{head} {incident.key}{where}"), *_for_whom(reader, mine, writer)]
    if again := current.opened_again(view, writer):
        blocks.append(section(again))
    if any(part.flaps for part in mine):
        blocks.append(section(f"*It came and went:* {turns_words(view.flapping)}"))
    rows = [*asked, *(part for part in mine if part not in asked)]
    for place, part in enumerate(rows[:_ROWS]):
        blocks += _row(view, part, place, writer, alone=len(mine) == 1)
    blocks += _rest(view, rows[_ROWS:], asked)
    if all(part.confirmed for part in mine):
        blocks.append(section(f"Confirmed; {left} to go."))
    names = ", ".join(part.name for part in mine[:3])
    said = "runs" if len(mine) == 1 else "run"
    wanted = f"The data of {names}"
    if asked or any(part.asked_anew for part in mine):
        wanted = f"{names} {said} again. Is the data right?"
    return message(f"{wanted} ({incident.key})", blocks)


def asked_again(view: IncidentView) -> SlackMessage:
    """Of two questions about one incident only the newer one can be answered."""
    text = (
        f"{view.incident.key}: the data is asked about again; the newest question has the buttons."
    )
    return message(text, [section(text)])


def _for_whom(reader: str, mine: Sequence[PartView], writer: Writer) -> list[Block]:
    """In whose place the reader is asked; nothing where all is their own."""
    asked = (part.named for part in mine if part.judge == reader)
    away = dict.fromkeys(one for one in asked if one and one != reader)
    return [section(stands_in([*away], writer))] if away else []


def after_end(view: IncidentView, reader: str, writer: Writer) -> tuple[str, list[Block]]:
    """The question about what a person ended, with buttons for what the reader has not confirmed,
    whether it runs or not."""
    done = [escape(part.name) for part in view.parts if part.confirmed]
    before = f"Confirmed is the data of {say_names(done, _ROWS)}." if done else _NOBODY
    mine = [part for part in _own(reader, view) if not part.confirmed]
    unsaid = [part for part in mine if part.denied is None]
    if not unsaid:
        before = ""
    asked = f"{before} *Is {'the data' if unsaid else 'it'} right{'' if unsaid else ' by now'}?*"
    blocks = _for_whom(reader, mine, writer)
    for place, part in enumerate([*unsaid, *(part for part in mine if part.denied)][:_ROWS]):
        if part.denied is not None:
            blocks += _denied(view, part, part.denied, place, writer)
        else:
            blocks += _asked(view, part, place, writer, alone=not view.parts)
    return asked.strip(), [*blocks, *_rest(view, mine[_ROWS:], unsaid)]


_NOBODY = "Nobody who judges the data has confirmed it."


def _rest(view: IncidentView, more: Sequence[PartView], asked: Sequence[PartView]) -> list[Block]:
    """The connections without buttons of their own, and one button for all."""
    names = ", ".join(escape(part.name) for part in more)
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
    kinds = {one for one in (incident.kind, *incident.kinds) if one}
    if cause and kinds and kinds <= {*OUTAGES, UNREACHABLE}:
        return f"the outage of {cause}"
    return f"the shared failure{f' ({cause})' if cause else ''}"


def _own(reader: str, view: IncidentView) -> list[PartView]:
    """The connections that the reader answers for, also while somebody else does so in their
    place; the first where nobody is named for any."""
    mine = [part for part in view.connections if reader in (part.judge, part.named)]
    return mine or list(view.connections[:1])


def open_question(part: PartView) -> bool:
    """Whether it runs, and nobody has said yet whether its data is right."""
    return part.recovered and not part.confirmed and part.denied is None


def waits_for_calm(view: IncidentView, part: PartView) -> bool:
    """Whether it comes and goes, so that its data is asked about when it is calm."""
    return part.flaps and view.incident.state is not State.VERIFYING


def _unanswered(view: IncidentView, mine: Sequence[PartView]) -> list[PartView]:
    """Those with buttons: what comes and goes is asked about when it is calm."""
    return [part for part in mine if open_question(part) and not waits_for_calm(view, part)]


def _wrong(reader: str, mine: Sequence[PartView], after: str, writer: Writer) -> str:
    """Whose data is wrong, and by whose word: another one may have said it for the reader."""
    names = ", ".join(escape(part.name) for part in mine if part.denied)
    said = list(dict.fromkeys(part.denied.by for part in mine if part.denied))
    by = "you" if said == [reader] else writer.people(said)
    return f"🔴 *The data of {names} is wrong{after}, as {by} said.*"


def _head(mine: Sequence[PartView], asked: Sequence[PartView], after: str) -> str:
    """The question as it is now; empty where all that is to be said is whose data is wrong."""
    if not asked and (wrong := [part for part in mine if part.denied]):
        if anew := [part for part in wrong if part.asked_anew]:
            again = ", ".join(escape(part.name) for part in anew)
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
    view: IncidentView, part: PartView, place: int, writer: Writer, *, alone: bool
) -> list[Block]:
    if part.confirmed:
        return [section(f"✓ *{escape(part.name)}*: its data is right.")]
    if not part.recovered:
        since = time(part.again or part.failing_since)
        again = "it fails again" if part.again else "it fails"
        word = said_wrong(part.denied, writer) if part.denied else ""
        told = f"{again}, since {since}; you are asked when it runs."
        return [lines(f"🔴 *{escape(part.name)}*: {told}", word)]
    if part.denied is not None:
        return _denied(view, part, part.denied, place, writer)
    if waits_for_calm(view, part):
        told = "it comes and goes; you are asked when it is calm."
        return [section(f"🟠 *{escape(part.name)}*: {told}")]
    return _asked(view, part, place, writer, alone=alone)


def _asked(
    view: IncidentView, part: PartView, place: int, writer: Writer, *, alone: bool
) -> list[Block]:
    name = "" if alone else f"*{escape(part.name)}*"
    number = value(view.incident.id, part.connection)
    return [
        lines(
            name,
            _not_over(view, part, writer),
            _reported(view, part),
            _span(view, part),
            _figures(part),
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
    view: IncidentView, part: PartView, denied: Denial, place: int, writer: Writer
) -> list[Block]:
    text = f"🔴 *{escape(part.name)}*: {said_wrong(denied, writer)}"
    span = (_span(view, part), _figures(part)) if part.asked_anew else ()
    number, word = value(view.incident.id, part.connection), str(place) if place else ""
    mended = button("It is right now", Action.CONFIRM_DATA, number, word=word)
    return [lines(text, *span), actions([mended], f"confirm:{place}")]


def said_wrong(denied: Denial, writer: Writer) -> str:
    said = f"{writer.person(denied.by)} said{f' {time(denied.at)}' if denied.at else ''}"
    return f"{said} that its data is wrong: {escape(denied.why)}"


def _not_over(view: IncidentView, part: PartView, writer: Writer) -> str:
    """Who said of a part, before it was one, that it was not over; of the incident itself the
    question begins with it."""
    if part.reopened_by is None or part.connection == view.incident.connection:
        return ""
    at = f" {time(part.reopened_at)}" if part.reopened_at else ""
    return f"*Opened again:* by {writer.person(part.reopened_by)}{at}: {escape(part.reopened_why)}"


def _reported(view: IncidentView, part: PartView) -> str:
    """What people saw of it, in their words: that is what has to be right now."""
    told = view.incident.live or part.connection != view.incident.connection  # above already
    said = [one for one in part.symptoms if not told or one != part.reopened_why]
    return f"*What was seen:* {escape('; '.join(said))}" if said else ""


def _span(view: IncidentView, part: PartView) -> str:
    over = part.recovered_at or view.incident.recovered_at
    first = part.connection == view.incident.connection
    told = " (as told)" if first and view.incident.detected_by != "check" else ""
    span = f"from {time(part.failing_since)}{told} to {time(over) if over else 'now'}"
    began = view.incident.failing_since if first else part.failing_since
    down = downtime.between(part.turns, part.failing_since, began, over or part.failing_since)
    ran = f"; down for {say_down(down)}" if down.stretches > 1 else ""
    return f"*It failed:* {span}{ran}"


def _figures(part: PartView) -> str:
    waiting = "unknown now" if part.unread else f"{part.waiting:,}" if part.waiting else "none"
    if part.worst:
        error = "record was" if part.worst == 1 else "records were"
        now = "how many now is unknown" if part.errors_unread else f"{part.failed:,} now"
        return f"up to {part.worst:,} {error} in error, {now} · still waiting: {waiting}"
    if part.unread:
        return f"*Still waiting:* {waiting}"
    return f"*Still waiting:* {say_count(part.waiting, 'record') if part.waiting else 'nothing'}"


@about_incident
def reminder(
    told: ConfirmReminder, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """A word in the thread of the question; without a button, for those are above."""
    if not view.incident.asks_data:
        return overtaken(view, channel, writer)
    mine = _own(told.person, view)
    unsaid = _unanswered(view, mine)
    if anew := [part for part in mine if part.asked_anew]:
        return _asked_anew(view, anew, unsaid, writer)
    if not unsaid:
        answered = f"✓ {view.incident.key}: nothing of yours waits for an answer."
        return message(answered, [section(answered)])
    text = (
        f"⏰ *{view.incident.key} still waits for your word on the data.*{_ran(unsaid)}"
        " Answer above."
    )
    return message(f"{view.incident.key} waits for your word on the data", [section(text)])


def _ran(asked: Sequence[PartView]) -> str:
    """Since when the connections that are asked about run, each for itself."""
    since = {part.recovered_at: part.name for part in asked if part.recovered_at}
    if len(since) == 1:
        return f" {'It runs' if len(asked) == 1 else 'They run'} since {time(min(since))}."
    return "".join(
        f" {escape(part.name)} runs since {time(part.recovered_at)}."
        for part in asked[:_SPANS]
        if part.recovered_at
    )


def _asked_anew(
    view: IncidentView, anew: Sequence[PartView], unsaid: Sequence[PartView], writer: Writer
) -> SlackMessage:
    """It runs once more, and what was said before it failed again stands."""
    rows = []
    for part in anew:
        since = f", since {time(part.recovered_at)}" if part.recovered_at else ""
        word = said_wrong(part.denied, writer) if part.denied else ""
        rows.append(f"*{escape(part.name)} runs again{since}.* {word}")
    rows.append("⏰ Is it right by now? If so, press *It is right now* above.")
    if unsaid:
        names = ", ".join(escape(part.name) for part in unsaid)
        rows.append(f"Of {names} your word is missing; answer above.")
    asked = f"{view.incident.key}: is the data right by now?"
    return message(asked, [lines(*rows)])
