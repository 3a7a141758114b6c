"""What is said once, in people's direct messages and in incident channels.

A letter carries facts frozen when the thing happened. A personal letter is rendered again when
its incident moves on, so that its buttons never offer what is over.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import State
from bot.core.incidents.notices_of_endings import Reopened
from bot.core.outbox.letter import SentMessage
from bot.core.outbox.notice import What
from bot.core.outbox.typed import read_notice
from bot.flows.incidents.grouping.parts import PartView, only_reported
from bot.flows.outbox.pinged_before import was_pinged
from bot.flows.views import IncidentView
from bot.language.marks import ended
from bot.language.units import say_names
from bot.slack import notice_words
from bot.slack.delayed import dated
from bot.slack.governance import credential_expiry_words, round_words
from bot.slack.ids import Action, value
from bot.slack.incidents import current, self_check_words, taking_words
from bot.slack.incidents.counterparty import counterparty_words
from bot.slack.incidents.data_question import open_question
from bot.slack.incidents.many import heading
from bot.slack.incidents.overtaken import overtaken
from bot.slack.kit import (
    SYMBOL,
    WORD,
    SlackMessage,
    actions,
    button,
    context,
    lines,
    message,
    section,
)
from bot.slack.monitoring import own_network_words
from bot.slack.monitoring import words as pause
from bot.slack.monitoring.flapping_words import each_turn
from bot.slack.outbox import (
    all_words,  # noqa: F401 - enters them
    pinged,
)
from bot.slack.outbox.channel_words import at, nobody, undelivered
from bot.slack.runbooks import drill_words, failed_record_posts, gate_words, hold_words
from bot.slack.text import Writer, escape
from bot.slack.triage import lesson_words

Facts = Mapping[str, Any]

# What needs neither an incident nor a connection's health: every module brings its own.
_PLAIN: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    **self_check_words.LETTERS,
    **credential_expiry_words.LETTERS,
    **own_network_words.LETTERS,
    **pause.LETTERS,
    **round_words.LETTERS,
}


def personal(
    what: What,
    facts: Facts,
    view: IncidentView | None,
    connection: Connection | None,
    channel: str | None,
    writer: Writer,
    *,
    again: bool = False,
) -> SlackMessage:
    """A direct message about an incident (`view`) or a connection's health (`connection`); `again`
    when a newer one of its kind follows."""
    told = read_notice(what, facts)
    if (write := notice_words.personal.of(told)) is not None:
        return _for_whom(write(told, writer), what, facts, writer)
    if view is not None and (write := notice_words.about_incident.of(told)) is not None:
        said = _for_whom(write(told, view, channel, writer), what, facts, writer)
        return drill_words.marked(said, view)
    if view is not None and (write := notice_words.repeatable.of(told)) is not None:
        return drill_words.marked(write(told, view, channel, writer, again), view)
    if connection is not None and (write := notice_words.about_connection.of(told)) is not None:
        return _for_whom(write(told, connection, writer), what, facts, writer)
    if what in _PLAIN:
        return _for_whom(_PLAIN[what](facts, writer), what, facts, writer)
    if view is not None:
        said = _for_whom(_INCIDENT_LETTERS[what](facts, view, channel, writer), what, facts, writer)
        return drill_words.marked(said, view)
    if connection is not None:
        return _for_whom(_health(what, facts, connection, writer), what, facts, writer)
    return _catalogue(what, facts)


def standing(
    item: SentMessage,
    again: Collection[int],
    view: IncidentView,
    channel: str | None,
    writer: Writer,
) -> SlackMessage | None:
    """What a letter that stands in Slack says now. Only the newest ping to a person has buttons;
    those `again` followed by another one have none."""
    letter = item.letter
    if letter.what is None:
        return None
    newer = letter.id in again
    facts = {**letter.facts, "again": newer}
    said = personal(letter.what, facts, view, None, channel, writer, again=newer)
    return dated(said, letter, item.sent_at)


def _catalogue(what: What, facts: Facts) -> SlackMessage:
    if what is What.CATALOGUE_MENDED:
        text = "🟢 The catalogue file is good again and in force."
        return message(text, [section(text)])
    problems = [f"• `{escape(problem)}`" for problem in facts.get("problems", [])]
    more = f"and {facts['more']} more" if facts.get("more") else ""
    head = "⚠️ *The catalogue file is broken.* The last good one stays in force until it is mended."
    return message(
        "The catalogue file is broken; the last good one stays in force",
        [lines(head, *problems, more)],
    )


def _owner_alert(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    incident = view.incident
    if not incident.live or incident.state is State.VERIFYING:
        return overtaken(view, channel, writer)
    if left := current.gone(view, facts, writer):
        return message(left, [section(left)])
    if runs := current.own_run(view, facts):
        return _owned_runs(runs, view, channel, facts, writer)
    told, told_of = current.matter(view, facts), not view.parts and incident.symptoms
    waits = current.waiting(view, facts)
    responders = facts.get("responders", [])
    who = writer.people(responders) if responders else "Nobody"
    were = "were" if len(responders) > 1 else "was" if responders else "could be"
    state = "" if incident.state is State.OPEN else f" It is {WORD[incident.state]} now."
    blocks = [
        section(
            f"{SYMBOL[incident.state]} *{escape(told)}.* {incident.key}{pinged.room(channel)}."
            f" {_owns(facts, writer)} it; {who} {were} pinged to fix it.{state}"
        ),
        lines(
            f"*Since:* {current.since(view, facts)}",
            current.first_seen(view, writer) if told_of or incident.reopened_by else "",
            f"*Waiting:* {writer.say(waits)}" if waits else "",
            current.wrong_data(view, writer, facts),
            current.error(view, writer, facts),
            _owners_part(facts, view, writer),
        ),
    ]
    return message(f"{told} ({incident.key}); {writer.plain(_owns(facts, writer))} it", blocks)


def _owned_runs(
    runs: Sequence[PartView], view: IncidentView, channel: str | None, facts: Facts, writer: Writer
) -> SlackMessage:
    """To the owner of what runs while other connections of the incident fail."""
    names = say_names([part.name for part in runs])
    verb = "runs" if len(runs) == 1 else "run"
    mine = any(open_question(part) and part.judge == facts.get("reader") for part in runs)
    later = " You are asked to confirm the data." if mine else ""
    told, them = f"{names} {verb} again", "it" if len(runs) == 1 else "them"
    text = (
        f"🟢 *{escape(told)}.* {_owns(facts, writer)} {them}."
        f" {view.incident.key}{pinged.room(channel)} goes on for others:"
        f" {escape(current.matter(view))}. {_nothing_or_ping(facts, view)}{later}"
    )
    return message(
        f"{told} ({view.incident.key})", [lines(text, current.opened_again(view, writer))]
    )


@notice_words.about_incident
def reopened_in_person(
    told: Reopened, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """To whoever judges data of it and is not pinged: a person says that it was not over."""
    if not view.incident.live or view.incident.state is State.VERIFYING:
        return overtaken(view, channel, writer)
    key, matter = view.incident.key, escape(current.matter(view))
    mine = [part.name for part in view.connections if part.judge == told.reader]
    whose = f" You own the data of {escape(say_names(mine))}." if mine else ""
    head = f"🔴 *{key} was not over.* {matter}{pinged.room(channel)}.{whose}"
    part = _owners_part({"reader": told.reader}, view, writer)
    return message(
        f"{key} was opened again", [lines(head, current.opened_again(view, writer), part)]
    )


def _nothing_or_ping(facts: Facts, view: IncidentView) -> str:
    """What an owner does now whom nothing is asked of here: whoever was pinged besides finds in
    the ping what is theirs."""
    reader = facts.get("reader")
    if reader and was_pinged(view, reader):
        return (
            f"*You:* you were pinged for {view.incident.key} too; that message says how it stands."
        )
    return "*You:* nothing to do now."


def _owners_part(facts: Facts, view: IncidentView, writer: Writer) -> str:
    """What the owner who reads this does now, and whose word on the data is asked for later."""
    reader, yours = facts.get("reader"), pinged.yours(view, facts)
    now = _nothing_or_ping(facts, view)
    if only_reported(view.incident, view.connections) and reader in view.judges:
        now = "*You:* look whether your data shows it; the checks see nothing wrong."
    others = "" if yours else current.others_asked(view, writer)
    now = f"{yours or now}{others}"
    wrong = sorted({part.denied.by for part in view.connections if part.denied})
    if wrong and not current.fails(view):
        them = f"{writer.people(wrong)} {'presses' if len(wrong) == 1 else 'press'}"
        said = "Press" if reader in wrong else them
        return f"{now} {said} *It is right now* once the data is right."
    if not view.judges:
        return now
    verb = "is" if len(view.judges) == 1 else "are"
    who = "You are" if reader in view.judges else f"{writer.people(view.judges)} {verb}"
    return f"{now} {who} asked to confirm the data once it runs again."


def _still(facts: Facts, view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    incident = view.incident
    asked_of = facts.get("until")
    lease = incident.lease_until.isoformat() if incident.lease_until else None
    if incident.state is not State.ACKNOWLEDGED or lease != asked_of:
        return overtaken(view, channel, writer)  # answered, or somebody else's by now
    until = at(asked_of)
    number = value(incident.id)
    whose = f" {_covering(facts, writer)}" if facts.get("covers") else ""
    text = (
        f"🟠 *Still on {escape(heading(view)[0])}?* {incident.key}{pinged.room(channel)}.{whose}"
        f" Say so by {until}, or it is open again and the next person is pinged."
    )
    row = [
        button("Still on it", Action.STILL_ON_IT, number, style="primary"),
        button("Hand over…", Action.HAND_OVER, number),
    ]
    return message(f"Still on {incident.key}?", [section(text), actions(row, "lease")])


def _owns(facts: Facts, writer: Writer) -> str:
    return f"{writer.person(facts['covers'])} owns" if facts.get("covers") else "You own"


def _covering(facts: Facts, writer: Writer) -> str:
    return f"You are asked for {writer.person(facts['covers'])}, whom you stand in for."


def _for_whom(said: SlackMessage, what: What, facts: Facts, writer: Writer) -> SlackMessage:
    """With whom the reader stands in for, where the message does not say so itself."""
    if not facts.get("covers") or what in (What.PING, What.STILL_ON_IT):
        return said
    whom = f"You read this for {writer.person(facts['covers'])}, whom you stand in for."
    return replace(said, blocks=(*said.blocks, context(whom)))


def _undelivered(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = undelivered(facts, view, writer) + pinged.room(channel)
    return message(f"{view.incident.key}: a ping was not delivered", [section(text)])


def _nobody(facts: Facts, view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    text = nobody(facts, view, writer) + pinged.room(channel)
    return message(f"{view.incident.key}: nobody is named", [section(text)])


_INCIDENT_LETTERS: Mapping[
    What, Callable[[Facts, IncidentView, str | None, Writer], SlackMessage]
] = {
    What.PING: pinged.ping,
    What.OWNER_ALERT: _owner_alert,
    What.STILL_ON_IT: _still,
    **counterparty_words.PERSONAL,
    **taking_words.PERSONAL,
    **hold_words.PERSONAL,
    **lesson_words.INCIDENT_LETTERS,
    **gate_words.INCIDENT_LETTERS,
    **failed_record_posts.INCIDENT_LETTERS,
    What.UNDELIVERED: _undelivered,
    What.NOBODY: _nobody,
}


def _health(what: What, facts: Facts, connection: Connection, writer: Writer) -> SlackMessage:
    name = escape(connection.name)
    reasons = writer.say(" ".join(map(ended, facts.get("reasons", []))))
    since = at(facts.get("since"))
    text = {
        What.FLAPPING: f"🟡 *{name} comes and goes:* {each_turn(facts)} since {since}, so it is not"
        f" told each time. You hear of it when it has settled. {reasons}",
        What.DEGRADED: f"🟡 *{name} is degraded* since {since}. {reasons} No incident was opened.",
        What.BLIND: f"⚪ *We are blind on {name}* since {since}: {reasons}"
        " Whether it works is unknown; please mend the check.",
        What.HEALTHY: f"🟢 *{name} is fine again* since {since}.",
    }[what]
    if what is What.HEALTHY and facts.get("was") == "unknown":
        text = f"🟢 *We can see {name} again* since {since}: it is fine."
    row = [button("Check now", Action.CHECK, connection.id)]
    show = button("Everything about it", Action.SHOW, connection.id)
    return message(
        writer.plain(f"{connection.name}: {what}"),
        [section(text), actions([*row, show], "health")],
    )
