"""What is known of an incident now: the same words, of the same record, on its card and in every
letter about it."""

from collections.abc import Collection, Iterator, Sequence

from bot.core.estate.catalogue import Connection
from bot.core.estate.lane import LANE_NAMES
from bot.core.incidents.notices import PingSent
from bot.core.monitoring import flapping
from bot.flows.incidents import data_faults
from bot.flows.incidents.grouping import children
from bot.flows.outbox import said_errors
from bot.flows.outbox.pinged_before import pinged_then
from bot.flows.views import IncidentView
from bot.language.marks import in_their_words
from bot.language.units import are, say_names
from bot.slack.monitoring.words import turns_words
from bot.slack.text import Writer, escape, time

_PAGES = 3  # connections whose page a letter names


def matter(view: IncidentView, ids: Sequence[str] = ()) -> str:
    """What is the matter, in a few plain words; of those connections that a letter is about
    (`ids`), where it names some that fail."""
    found = children.matter(view.incident, view.connections, ids)
    return f"{found[:1].upper()}{found[1:]}"


def again(view: IncidentView, ids: Collection[str]) -> str:
    """What fails again now, the connections `ids` first; empty where nothing does any more."""
    if not view.children:
        return f"{children.heading(view.incident, view.connections)[0]} fails again"
    failing = [child for child in view.children if child.again and not child.recovered]
    failing.sort(key=lambda child: child.connection not in ids)
    if not failing:
        return ""
    names = say_names([child.name for child in failing])
    return f"{names} {'fails' if len(failing) == 1 else 'fail'} again"


def turns(view: IncidentView, ids: Sequence[str]) -> str:
    """How often what the letter is about came and went; empty where it does not."""
    meant = [child for child in view.connections if child.connection in ids]
    # A letter whose connections left speaks of the incident as it is.
    if not any(child.flaps for child in meant or view.connections):
        return ""
    return f"*It comes and goes:* {turns_words(view.flapping)}"


def since(view: IncidentView, ids: Sequence[str] = ()) -> str:
    """Since when it fails; of the connections that the letter is about, where it names some. Of
    several that began at different times it is the first one's; of one that ran in between also
    since when it fails now."""
    first = ", the first of them" if children.apart(view.connections, ids) else ""
    once_more = children.once_more(view.incident, view.connections)
    again = f", then it ran, and again since {time(once_more)}" if once_more else ""
    return f"{time(children.since(view.incident, view.connections, ids))}{first}{again}"


def gone(view: IncidentView, ids: Sequence[str], writer: Writer) -> str:
    """That what the letter was about is not in the incident now; empty while one is. Whether it
    stands alone, runs or is in another one, its own page says."""
    here = {child.connection for child in view.connections}
    if not ids or here.intersection(ids):
        return ""
    known = writer.catalogue.connections
    names = escape(say_names([known[key].name if key in known else key for key in ids]))
    verb = "is" if len(ids) == 1 else "are"
    pages = ", ".join(f"`/conn status {escape(key)}`" for key in ids[:_PAGES])
    return f"⚪ {names} {verb} not in {view.incident.key} now. How it stands: {pages}"


def own_run(view: IncidentView, ids: Sequence[str]) -> Sequence[children.ChildView]:
    """The connections that the letter is about, where all of them run with nothing said against
    their data while others of the incident fail."""
    mine = [child for child in view.children if child.connection in ids]
    well = all(child.recovered and child.denied is None for child in mine)
    return mine if well and fails(view) else ()


def fails(view: IncidentView, ids: Sequence[str] = ()) -> bool:
    """Whether anything does; of the connections that the letter is about, where it names some."""
    return any(
        not child.recovered for child in view.connections if not ids or child.connection in ids
    )


def stood_in_for(view: IncidentView, reader: str | None) -> str | None:
    """Who acts by now for the reader of a letter; None where they act themselves."""
    return view.presence.acting(reader) if reader and reader in view.presence.cover else None


def wrong_data(view: IncidentView, writer: Writer, ids: Sequence[str] = ()) -> str:
    """Whose data is wrong and who said so; empty where nobody did. What they wrote concerns whom
    the letter reaches for the sake of that connection."""
    rows = []
    for child in view.connections:
        if (said := child.denied) is not None:
            at = f" {time(said.at)}" if said.at else ""
            name, by = escape(child.name), writer.person(said.by)
            why = f": {escape(said.why)}" if not ids or child.connection in ids else ""
            rows.append(f"*Data of {name} is wrong*, says {by}{at}{why}")
    return "\n".join(rows)


def data_after_end(view: IncidentView, writer: Writer) -> str:
    """Who has still to say whether the data is right, or who said so since it ended."""
    incident, at = view.incident, view.incident.data_confirmed_at
    if incident.awaiting and view.data_approvers:
        spoke = {
            child.approver for child in view.connections if child.denied and not child.confirmed
        }
        unsaid = {
            child.approver for child in view.connections if not (child.denied or child.confirmed)
        }
        # Who said of one connection that it is wrong may still owe a word on another.
        silent = [one for one in view.data_approvers if one in unsaid or one not in spoke]
        verb = "has" if len(silent) == 1 else "have"
        wants = f"{writer.people(silent)} {verb} not said yet whether the data is right."
        return " ".join(one for one in (wrong_data(view, writer), wants if silent else "") if one)
    if at is None or incident.resolved_at is None or at <= incident.resolved_at:
        return ""
    return f"✓ {writer.person(incident.data_confirmed_by)} confirmed the data {time(at)}."


def unowned(view: IncidentView) -> str:
    """Of several connections those of which nobody is named who could confirm the data."""
    names = [
        escape(child.name) for child in view.children if not (child.approver or child.confirmed)
    ]
    said = f"Nobody confirmed the data of {say_names(names)}: no owner is named."
    return said if names and view.incident.resolved_at is not None else ""


def _by_word(view: IncidentView) -> bool:
    """Whether a person opened it again and no check has seen it fail since."""
    return view.incident.reopened_by is not None and children.only_reported(
        view.incident, view.connections
    )


def opened_again(view: IncidentView, writer: Writer) -> str:
    """Who opened it again and what they see; empty where nobody did, and when it is over."""
    incident = view.incident
    if not incident.live or incident.reopened_by is None:
        return ""
    at = f" {time(incident.reopened_at)}" if incident.reopened_at else ""
    by = writer.person(incident.reopened_by)
    return f"*Opened again:* by {by}{at}: {escape(incident.reopened_why)}"


def ends(view: IncidentView, writer: Writer) -> str:
    """From where to where, and how grave that is; empty where it left the catalogue."""
    first = _first(view, writer)
    if first is None:
        return ""
    way = "⇄" if first.both_ways else "→"
    ends = f" {way} ".join(map(escape, writer.catalogue.ends_of(first)))
    if view.children:  # of the others the severity speaks
        ends = f"it began with {escape(first.name)}, {ends}"
    return f"*What:* {ends} ({first.criticality})"


def _first(view: IncidentView, writer: Writer) -> Connection | None:
    """The connection that failed first; None when it left the catalogue."""
    if not view.children:
        return view.connection
    return writer.catalogue.connections.get(children.began_with(view.children).connection)


def first_seen(view: IncidentView, writer: Writer) -> str:
    """What it began with: the word of whoever opened it again, else what was read then."""
    if again := opened_again(view, writer):
        return again
    at, reasons = "", view.incident.reasons
    if view.children:
        first = children.began_with(view.children)
        reasons = first.reasons
        if first.failing_since != first.shared_since:  # for a cause of its own before
            at = f"{time(first.failing_since)}: "
    return f"*First seen:* {at}{writer.say(' '.join(reasons))}" if reasons else ""


def error(
    view: IncidentView, writer: Writer, ids: Sequence[str] = (), reader: str | None = None
) -> str:
    """What it says, and what is wrong besides without a word; of the connections that the letter
    is about first what they say themselves."""
    if not fails(view) or _by_word(view):
        return ""
    told = said_errors.told_to(view, ids, reader)
    if not told.first:
        return ""
    also = [f"*Also:* {writer.say(one)}" for one in view.silent]
    rows = [f"*Error:* {escape(one)}" for one in told.first]
    rows += [f"*Also:* {escape(one)}" for one in told.also]
    rows += [f"*{escape(told.beside)}:* {escape(told.shared)}"] if told.shared else []
    return "\n".join([*rows, *also])


def asked(view: IncidentView, reader: str | None) -> str:
    """What only the reader can do, who owns data that is at fault; else empty."""
    return data_faults.asked_in(data_faults.of_reader(view.data_faults, reader))


def others_asked(view: IncidentView, writer: Writer) -> str:
    """Who is asked to do what, to whom none of it is theirs."""
    said = []
    for those in data_faults.alike(view.data_faults):
        people = tuple(dict.fromkeys(person for fault in those for person in fault.people))
        asked = data_faults.asked_in(those)
        said += [f" {writer.people(people)} {are(people)} asked: {asked}."] if people else []
    return "".join(said)


def first_check(view: IncidentView, ids: Sequence[str] = (), reader: str | None = None) -> str:
    """What to look at first; of wrong data only who found it knows what is meant."""
    if fails(view) and not _by_word(view) and (first := said_errors.first_check(view, ids, reader)):
        return f"*First check:* {escape(first)}"
    wrong = any(child.denied for child in view.connections) and not fails(view)
    return "*First check:* ask who found it which records are meant" if wrong else ""


def waiting(view: IncidentView, ids: Sequence[str] = ()) -> str:
    """What waits, of the connections that the letter is about, in marks; or nothing."""
    mine = [child for child in view.children if child.connection in ids]
    if not mine:
        return view.waiting
    if len(mine) == 1:
        return mine[0].waits
    return children.waiting_in_all(tuple(mine))


def last_success(view: IncidentView, writer: Writer) -> str:
    return f" · {writer.say(flapping.say(view.last_good))}" if view.last_good else ""


def lane(
    view: IncidentView, writer: Writer, reasons: int = 3, ids: Sequence[str] | None = None
) -> str:
    """Whose lane it is, who says so, and why. What the checks gave for a reason is none where
    nothing fails any more; and what a person said before a connection joined is not said of it."""
    incident = view.incident
    if incident.lane is None:
        return ""
    party = view.parties.get(incident.lane)
    name = f" ({escape(party.name)})" if party else ""
    who = f"set by {writer.person(incident.lane_by)}" if incident.lane_by else "suggested"
    # Reasons are about what was seen then; shown now they would read like what is so.
    if incident.lane_by is None and not fails(view):
        return f"*Lane:* {LANE_NAMES[incident.lane]}{name}, suggested while it failed"
    head = f"*Lane:* {LANE_NAMES[incident.lane]}{name}, {who}"
    if later := _joined_since(view, ids):
        head = f"{head} before {later} joined"
        if ids is not None:
            return f"{head}; nobody has said yet whose lane that is"
    if view.coming_back:
        words = [writer.say(reason) for reason in incident.lane_reasons if in_their_words(reason)]
        return "\n".join([head, *(f"• {one}" for one in words[:reasons])])
    doubts = [f"• _{escape(doubt)}_" for doubt in view.past_incidents.doubts[: reasons - 1]]
    if incident.lane_by:  # what we found for it is not their reason
        return "\n".join([head, *_told_apart(view, writer, reasons), *doubts])
    because = [f"• {writer.say(reason)}" for reason in incident.lane_reasons[:reasons]] + doubts
    return "\n".join([f"{head}, because" if because else head, *because])


def _joined_since(view: IncidentView, ids: Sequence[str] | None) -> str:
    """Those that joined after a person chose the lane, where the letter is about such ones alone
    (`ids`); without a letter all of them."""
    later = children.joined_since_lane(view.incident, view.connections)
    if ids is None:
        return escape(say_names([child.name for child in later]))
    if not ids or not {*ids} <= {child.connection for child in later}:
        return ""
    return escape(say_names([child.name for child in later if child.connection in ids]))


def _told_apart(view: IncidentView, writer: Writer, reasons: int) -> Iterator[str]:
    """The words of whoever set the lane, and apart from them what speaks for it, or did."""
    shown = view.incident.lane_reasons[:reasons]
    yield from (f"• {writer.say(one)}" for one in shown if in_their_words(one))
    if found := [f"• {writer.say(one)}" for one in shown if not in_their_words(one)]:
        yield from (f"{children.found_for_it(view.incident, view.connections)}:", *found)


def deadline(view: IncidentView, writer: Writer, told: PingSent) -> str:
    """Who is pinged next while nobody takes it, to one who may be of them. A ping that was no step
    of the ladder moves no deadline, so its reader gets no time as theirs to keep."""
    if not view.next_ping or not view.next_ping[1]:
        return ""
    (at, people), reader = view.next_ping, told.reader
    # Whoever is stood in for was given a time that is another one's to keep now.
    own_time = told.next_people is not None and not stood_in_for(view, reader)
    if not own_time:
        whom = "you" if reader in people else ""
        others = [one for one in people if one != reader]
        named = " and ".join(one for one in (whom, writer.people(others) if others else "") if one)
        verb = "are" if whom else are(people)
        return (
            f"*Next:* the ladder goes on by itself: {named} {verb} {pinged_then(view, people)}"
            f" {time(at)} unless somebody acknowledges before."
        )
    if reader in people:
        others = [one for one in people if one != reader]
        you = f"you and {writer.people(others)}" if others else "you"
        return f"*Next:* unless you acknowledge by {time(at)}, {you} are pinged again"
    whom = f"{writer.people(people)} {are(people)} {pinged_then(view, people)}"
    return f"*Next:* unless you acknowledge by {time(at)}, {whom}"
