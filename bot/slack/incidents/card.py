"""The incident's card: one message, always rendered whole from the record."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.estate.lane import LANE_NAMES
from bot.core.incidents.grouping import waits_for_answer
from bot.core.incidents.incident import Incident, State
from bot.core.monitoring.flapping import Down, down_between
from bot.core.outbox.received import Receipt
from bot.flows.incidents import data_faults
from bot.flows.incidents.data_faults import DataFault
from bot.flows.incidents.grouping import children
from bot.flows.outbox.pinged_before import pinged_then
from bot.flows.views import IncidentView
from bot.language.units import DRILL_MARK, are, say_duration, say_names
from bot.slack.ids import Action, value
from bot.slack.incidents import current, ending_words
from bot.slack.incidents.many import connections_line, heading, receipts_line, sent_line
from bot.slack.incidents.words import severity_line
from bot.slack.kit import (
    SYMBOL,
    WORD,
    Block,
    SlackMessage,
    actions,
    button,
    context,
    header,
    lines,
    message,
    option,
    overflow,
)
from bot.slack.monitoring.words import say_down, turns_words
from bot.slack.text import Writer, cut, escape, time
from bot.slack.triage import lessons


def card(view: IncidentView, writer: Writer) -> SlackMessage:
    incident = view.incident
    # The other incident's card has the state; a second one would soon say another.
    if incident.state is State.MERGED:
        return ending_words.card(view, SYMBOL[incident.state], writer)
    mark = f"🎭 {DRILL_MARK} · " if incident.drill else ""
    head = f"{mark}{SYMBOL[incident.state]} {incident.key} · {_title(view)}"
    blocks = [
        header(head),
        lines(
            _what(view, writer),
            severity_line(incident, writer, len(view.connections)),
            *_effect(view, writer),
        ),
        lines(
            _who(view, writer),
            _needed(view, writer),
            _next(view, writer),
            current.lane(view, writer),
            sent_line(view),
        ),
    ]
    if (
        incident.live
        and not incident.drill
        and (earlier := tuple(lessons.earlier(view.past_incidents, writer)))
    ):
        blocks.append(lines(*earlier))
    if incident.live:
        blocks += _advice(view, writer)
        blocks.append(actions(_buttons(view), "incident"))
    else:
        blocks.append(context(_closing(view, writer)))
        blocks.append(actions(_closed_buttons(incident), "closed"))
    return message(f"{head}: {WORD[incident.state]}", blocks)


def _title(view: IncidentView) -> str:
    broken = view.incident.state in _BROKEN
    return current.matter(view) if broken else f"{heading(view)[0]} failed"


_BROKEN = frozenset({State.OPEN, State.ACKNOWLEDGED, State.HANDED_OVER})


def _what(view: IncidentView, writer: Writer) -> str:
    return "\n".join(
        child
        for child in (
            current.ends(view, writer),
            current.first_seen(view, writer),
            f"*Since:* {current.since(view)}{current.last_success(view, writer)}",
        )
        if child
    )


def _effect(view: IncidentView, writer: Writer) -> tuple[str, ...]:
    found = []
    if view.children:
        found.append(connections_line(view.children))
    if view.flapping:
        steady_at = view.incident.calm_at
        now = f"; it runs now, and is over if it does until {time(steady_at)}" if steady_at else ""
        found.append(f"*It comes and goes:* {turns_words(view.flapping)}{now}")
    if view.window:
        found.append(f"🛠 {writer.say(view.window)}")
    if view.waiting and view.incident.state in _BROKEN:
        found.append(f"*Waiting:* {writer.say(view.waiting)}")
    if view.stuck and view.incident.state in _BROKEN:
        how = "/conn stuck <connection>" if view.children else "/conn stuck"
        # What a drill is worked on is no record that anybody could find.
        where = "" if view.incident.drill else f"; `{escape(how)}` shows and assigns them"
        found.append(f"*Failed:* {writer.say(view.stuck)}{where}")
    if view.incident.state in _BROKEN:
        found += [current.wrong_data(view, writer), current.error(view, writer)]
    if view.incident.state in _BROKEN:
        found.append(_reported(view))
    found.append(_not_visible(view, writer))
    if touched := " · ".join(_touched(view)):
        found.append(f"*Also affected:* {escape(touched)}")
    return tuple(found)


def _reported(view: IncidentView) -> str:
    """How failures that somebody told us of end, while any stands."""
    stand = [child for child in view.connections if child.reported]
    if not stand:
        return ""
    by_itself = " or ".join(dict.fromkeys(one for child in stand for one in child.reported))
    how = " or ".join(f"`/conn retract {escape(child.name)}`" for child in stand[:3])
    return f"*Reported to us:* stands until {by_itself}; if it is over already: {how}"


def _not_visible(view: IncidentView, writer: Writer) -> str:
    """What is blind meanwhile, by check and, of several, by connection."""
    of = {child.name: child.hidden for child in view.connections if child.hidden}
    said = [
        f"“{escape(check)}”{f' of {escape(name)}' if view.children else ''} ({writer.say(why)})"
        for name, hidden in of.items()
        for check, why in hidden
    ]
    more = f" and {len(said) - 3} more" if len(said) > 3 else ""
    return f"*Not visible:* {', '.join(said[:3])}{more}" if said else ""


def _touched(view: IncidentView) -> list[str]:
    reports = "report" if len(view.reports) == 1 else "reports"
    found = [", ".join(view.depends)] if view.depends else []
    return found + ([f"{reports} {', '.join(view.reports)}"] if view.reports else [])


def _who(view: IncidentView, writer: Writer) -> str:
    incident = view.incident
    if incident.holder:
        since = f" since {time(incident.held_since)}" if incident.held_since else ""
        return f"*Who has it:* {writer.person(incident.holder)}{since}{_helpers(incident, writer)}"
    if not incident.live:
        return ""
    pinged = receipts_line(view.receipts, lambda one, anew: _receipt(one, anew, writer))
    helpers = _helpers(incident, writer)
    return f"*Who has it:* nobody yet{helpers}. Pinged: {pinged or 'nobody'}"


def _helpers(incident: Incident, writer: Writer) -> str:
    verb = "helps" if len(incident.helpers) == 1 else "help"
    return f"; {writer.people(incident.helpers)} {verb}" if incident.helpers else ""


def _needed(view: IncidentView, writer: Writer) -> str:
    """What only the owners of the data can do, while it fails."""
    if view.incident.state not in _BROKEN:
        return ""
    return "\n".join(_asked(those, view, writer) for those in data_faults.alike(view.data_faults))


def _asked(those: Sequence[DataFault], view: IncidentView, writer: Writer) -> str:
    people = tuple(dict.fromkeys(person for fault in those for person in fault.people))
    of = f" of {escape(say_names([fault.name for fault in those]))}" if view.children else ""
    asked = data_faults.asked_in(those)
    if not people:
        return f"*Needed:* {asked}. No functional owner{of} is named who could decide it."
    return f"*Needed:* {writer.people(people)} (functional owner{of}): {asked}."


def _receipt(receipt: Receipt, anew: bool, writer: Writer) -> str:
    person = writer.person(receipt.person)
    if anew:
        person = f"{person} again"
    if receipt.elsewhere:
        person = f"{person} by another way"
    if receipt.state == "delivered":
        return f"{person} ✓ {time(receipt.at)}"
    if receipt.state == "failed":
        mark = "perhaps, then ✗" if receipt.perhaps else "✗"
        return f"{person} {mark} {escape(cut(receipt.error, 80))}"
    return f"{person} ({'perhaps there; looked up next' if receipt.perhaps else 'on its way'})"


def _next(view: IncidentView, writer: Writer) -> str:
    incident = view.incident
    if view.next_ping and view.next_ping[1]:
        at, people = view.next_ping
        whom = f"{writer.people(people)} {are(people)} {pinged_then(view, people)}"
        return f"*Next:* without an acknowledgement by {time(at)} {whom}"
    if incident.state is State.ACKNOWLEDGED and incident.lease_until:
        until = time(incident.lease_until)
        holder = writer.person(incident.holder)
        return f"*Next:* {holder} says “still on it” by {until}, or it is open again"
    if incident.state is State.HANDED_OVER:
        return _their_clock(view, writer)
    if incident.state is State.VERIFYING:
        return f"*Next:* {_verdict_on_data(view, writer)}"
    return ""


def _verdict_on_data(view: IncidentView, writer: Writer) -> str:
    """Whose word on the data is missing, and why theirs where they do not own it."""
    if not view.data_approvers:
        return "somebody has to confirm the data. No owner is named who could"
    approvers = writer.people(view.data_approvers)
    # Whoever is asked instead should know why it is them.
    if not view.children and view.connection and view.connection.owners.functional is None:
        return (
            f"somebody has to confirm the data. No functional owner is named; {approvers}, please"
        )
    word = "confirms" if len(view.data_approvers) == 1 else "confirm, each for their own,"
    return f"{approvers} {word} that the data is right"


def _their_clock(view: IncidentView, writer: Writer) -> str:
    incident = view.incident
    party = view.counterparty
    name = escape(party.name) if party else "the counter-party"
    ticket = (
        f", ticket {escape(incident.counterparty_ticket)}" if incident.counterparty_ticket else ""
    )
    if incident.counterparty_answered_at:
        asks = writer.person(incident.holder)
        return (
            f"*Next:* {name} answered {time(incident.counterparty_answered_at)}{ticket};"
            f" {asks} asks how far they are"
        )
    if incident.counterparty_due_at is None:
        asks = writer.person(incident.holder)
        return f"*Next:* {name} acts{ticket}. No response time is agreed, so {asks} asks again"
    return f"*Next:* {name} must answer by {time(incident.counterparty_due_at)}{ticket}"


def _advice(view: IncidentView, writer: Writer) -> list[Block]:
    found = []
    if first := current.first_check(view):
        found.append(first)
    if view.retry:
        found.append(f"*Sending again:* {writer.say(view.retry)}")
    return [context(*found)] if found else []


def _buttons(view: IncidentView) -> list[Block]:
    incident = view.incident
    number = value(incident.id)
    resolve = button("Resolve…", Action.RESOLVE, number)
    hand_over = button("Hand over…", Action.HAND_OVER, number)
    first = {
        State.OPEN: [button("Acknowledge", Action.ACKNOWLEDGE, number, style="primary"), hand_over],
        State.ACKNOWLEDGED: [
            button("Still on it", Action.STILL_ON_IT, number, style="primary"),
            hand_over,
        ],
        State.HANDED_OVER: [
            button("Take it back", Action.ACKNOWLEDGE, number, style="primary"),
            hand_over
            if incident.counterparty_ticket
            else button("Add their ticket…", Action.TICKET, number),
        ],
        State.VERIFYING: [
            button("Data is right", Action.CONFIRM_DATA, number, style="primary"),
            button("Data is wrong…", Action.REJECT_DATA, number, style="danger"),
        ],
    }[incident.state]
    return [*first, resolve, overflow(Action.MORE, _more(incident))]


def _closed_buttons(incident: Incident) -> list[Block]:
    number = value(incident.id)
    timeline = button("Timeline", Action.TIMELINE, number)
    # Nothing is learned from recorded evidence, and a merged one goes on elsewhere.
    if incident.drill or incident.state is State.MERGED:
        return [timeline]
    teach = button("Teach the playbook…", Action.TEACH, number)
    again = button("Open again…", Action.REOPEN, number)
    if incident.state is State.REVIEWED:
        return [teach, timeline, again]
    return [button("Review…", Action.REVIEW, number), teach, timeline, again]


def _more(incident: Incident) -> list[Block]:
    wanted = [("Add a note…", "note"), ("Timeline", "timeline"), ("Change the lane…", "lane")]
    if incident.state is State.ACKNOWLEDGED:
        wanted.append(("Take it over", "acknowledge"))
    elif waits_for_answer(incident):
        wanted.append(("They answered", "answered"))
    else:
        wanted.append(("Check now", "check"))
    wanted.append(("More…", "more"))
    return [option(label, value(incident.id, word)) for label, word in wanted]


def _closing(view: IncidentView, writer: Writer) -> str:
    incident = view.incident
    if incident.resolved_at is None:
        return WORD[incident.state]
    how = f": {escape(incident.resolution)}" if incident.resolution else ""
    said = (
        f"Resolved {time(incident.resolved_at)} by {writer.person(incident.resolved_by)}{how}.",
        _left(incident, writer) or _down(view, incident.resolved_at, writer),
        current.data_after_end(view, writer),
        current.unowned(view),
    )
    return " ".join(child for child in said if child)


def _down(view: IncidentView, closed: datetime, writer: Writer) -> str:
    """How long it was down, by what the checks saw; a person's word ends no outage, and where it
    begins one that is told as theirs."""
    incident, began = view.incident, children.since(view.incident, view.connections)
    told = _as_told(incident, writer)
    if incident.recovered_at is None or incident.recovered_at > closed:
        failed = say_down(_span(incident, began, closed))
        if incident.turns is not None and not incident.turns.bad:
            return f"It was down for {failed}{told}; it was open again by a person's word."
        fails = incident.seen_failing or current.fails(view)
        still = "the checks still saw it fail then" if fails else "by their word"
        return f"It failed for {failed}{told}; {still}."
    span = _span(incident, began, incident.recovered_at)
    down = f"It was down for {say_down(span)}{told}"
    waited = closed - incident.recovered_at
    if incident.data_confirmed_at != closed or waited < timedelta(minutes=1):
        return f"{down}."
    return f"{down}; the data was confirmed {say_duration(waited)} later."


def _span(incident: Incident, began: datetime, until: datetime) -> Down:
    """Of the whole incident; as long as anything of it was down."""
    return down_between(incident.turns, began, incident.failing_since, until)


def _as_told(incident: Incident, writer: Writer) -> str:
    if incident.detected_by == "check":
        return ""
    return f", if it began when {writer.person(incident.detected_by)} said"


def _left(incident: Incident, writer: Writer) -> str:
    return (
        f"By then: {writer.say(' '.join(incident.left_failing))}" if incident.left_failing else ""
    )


def topic(view: IncidentView, writer: Writer) -> str:
    """The channel's topic; plain, since topics show no markup. At most 250 characters."""
    incident = view.incident
    told = incident.lane if incident.state is not State.MERGED else None  # the parent's counts
    lane = f" · lane: {LANE_NAMES[told]}" if told else ""
    working = incident.holder if incident.live else None
    holder = f" · {writer.plain_name(working)} has it" if working else ""
    real = f"{view.broke[0]} is the real break" if view.broke else "nothing is broken"
    mark = f"{DRILL_MARK}: {real} · " if incident.drill else ""
    return cut(f"{mark}{SYMBOL[incident.state]} {WORD[incident.state]}{holder}{lane}", 250)
