"""The estate in words: status, who owns what, one connection's dossier, what an error means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.estate.catalogue import Catalogue, Connection, OwnerFacts
from bot.core.estate.lane import LANE_NAMES, LANE_TITLES, Lane, Layer
from bot.core.estate.notices import CatalogueBroken, CatalogueMended
from bot.core.governance.dossier import Section, optional_sections
from bot.core.incidents.incident import Incident
from bot.core.monitoring import flapping
from bot.core.monitoring.rules import Verdict
from bot.core.triage.playbook import Hit, by_text_alone
from bot.flows.estate_views import DossierView, MineView, StatusLine, StatusView
from bot.language.units import incident_key, say_count, say_duration
from bot.slack.ids import Action
from bot.slack.kit import (
    SYMBOL,
    WORD,
    Block,
    SlackMessage,
    actions,
    button,
    context,
    divider,
    header,
    lines,
    message,
    section,
)
from bot.slack.notice_words import personal
from bot.slack.text import Writer, escape, time

VERDICT = {
    Verdict.OK: "🟢",
    Verdict.DEGRADED: "🟡",
    Verdict.FAILING: "🔴",
    Verdict.UNKNOWN: "⚪",
}
_REMARKS = 3
LISTED = 25  # connections named one by one; beyond that only what is not fine


@personal
def broken(told: CatalogueBroken, _: Writer) -> SlackMessage:
    problems = [f"• `{escape(problem)}`" for problem in told.problems]
    more = f"and {told.more} more" if told.more else ""
    head = "⚠️ *The catalogue file is broken.* The last good one stays in force until it is mended."
    return message(
        "The catalogue file is broken; the last good one stays in force",
        [lines(head, *problems, more)],
    )


@personal
def mended(_told: CatalogueMended, _: Writer) -> SlackMessage:
    text = "🟢 The catalogue file is good again and in force."
    return message(text, [section(text)])


def status(view: StatusView, writer: Writer) -> SlackMessage:
    """All connections, worst first; of a large estate the healthy ones are only counted."""
    bad = [line for line in view.lines if not _fine(line)]
    fine = [line for line in view.lines if _fine(line)]
    head = _summary(view, len(bad))
    blocks = [header(head)]
    if bad:
        blocks += [_long(line, writer) for line in bad[:LISTED]]
    if bad and fine:
        blocks.append(divider())
    if fine and len(view.lines) <= LISTED:
        blocks.append(lines(*(_short(line, writer) for line in fine)))
    elif fine:
        remarked = [line for line in fine if line.remarks]
        blocks += [lines(*(_short(line, writer) for line in remarked[:LISTED]))] if remarked else []
        are = "is" if len(fine) == 1 else "are"
        blocks.append(context(f"🟢 {say_count(len(fine), 'connection')} {are} fine"))
    blocks.append(context(f"As of {time(view.at)} · `/conn show <connection>` for one of them"))
    return message(head, blocks)


def _fine(line: StatusLine) -> bool:
    # What runs but is in an open incident, or in maintenance, is not among those that nobody has to
    # read.
    fine = line.health is not None and line.health.verdict is Verdict.OK
    return fine and line.incident is None and not line.window


def _summary(view: StatusView, bad: int) -> str:
    total = len(view.lines)
    if total == 1:
        return "The connection needs attention" if bad else "The connection is fine"
    if not bad:
        return f"All {total} connections are fine"
    return f"{bad} of {total} connections {'needs' if bad == 1 else 'need'} attention"


def _short(line: StatusLine, writer: Writer) -> str:
    last = f" · {writer.say(line.last_good[0].words)}" if line.last_good else ""
    found = f" · {line.remarks[0][1]}" if line.remarks else ""
    return f"🟢 *{escape(line.connection.name)}*{last}{writer.say(found)}"


def status_of(line: StatusLine, writer: Writer) -> SlackMessage:
    """One connection."""
    text = line.connection.name
    return message(f"Status of {text}", [_long(line, writer), _doors(line.connection)])


def _long(line: StatusLine, writer: Writer) -> Block:
    return lines(*status_words(line, writer))


def status_words(line: StatusLine, writer: Writer) -> tuple[str, ...]:
    """What is the matter with one connection, since when, what waits and who has it."""
    health = line.health
    window = f"🛠 {writer.say(line.window)}" if line.window else ""
    if health is None:
        return (f"⚪ *{escape(line.connection.name)}*: not looked at yet", window)
    reasons = writer.say(" ".join(health.reasons))
    waiting = f"Waiting: {writer.say(line.waiting)}" if line.waiting else ""
    last = writer.say(flapping.say(line.last_good))
    return (
        f"{VERDICT[health.verdict]} *{escape(line.connection.name)}*: {health.verdict}"
        f" since {time(health.since)}{f' · {last}' if last else ''}",
        reasons,
        waiting,
        window,
        _incident_words(line, writer),
        *(f"{escape(check)}: {writer.say(words)}" for check, words in line.remarks[:_REMARKS]),
    )


def _incident_words(line: StatusLine, writer: Writer) -> str:
    if line.incident is None:
        return ""
    where = f" · <#{line.channel}>" if line.channel else ""
    holder = line.incident.holder
    who = f"; {writer.person(holder)} has it" if holder else ""
    return f"{line.incident.key}: {WORD[line.incident.state]}{who}{where}"


def _doors(connection: Connection) -> Block:
    return actions(
        [
            button("Who owns it", Action.WHO, connection.id),
            button("Everything about it", Action.SHOW, connection.id),
            button("Check now", Action.CHECK, connection.id),
        ],
        "doors",
    )


def owners(
    facts: OwnerFacts, catalogue: Catalogue, writer: Writer, confirmed: str = ""
) -> SlackMessage:
    """Who owns a connection, in all three layers, who responds now and whom the lanes name;
    `confirmed` says when its owners last confirmed it."""
    connection = facts.connection
    blocks = [
        section(f"*{escape(connection.name)}* · {_ends(connection, catalogue)}"),
        lines(*(_layer(layer, facts, writer) for layer in Layer)),
        lines(_responder(facts, writer), *_lanes(connection, catalogue)),
        *([context(escape(confirmed))] if confirmed else []),
        _doors(connection),
    ]
    names = ", ".join(
        f"{layer}: {catalogue.person_name(connection.owners.of(layer))}" for layer in Layer
    )
    return message(f"{connection.name}. {names}", blocks)


def _ends(connection: Connection, catalogue: Catalogue) -> str:
    way = "⇄" if connection.both_ways else "→"
    ends = [escape(catalogue.system_name(system)) for system in connection.systems]
    return f"{ends[0]} {way} {ends[1]}"


_LAYER_WORDS = {
    Layer.TECHNICAL: "Technical owner (runs it, keys, incidents)",
    Layer.FUNCTIONAL: "Functional owner (data, approves changes)",
    Layer.ARCHITECTURE: "Architecture owner (the estate)",
}


def _layer(layer: Layer, facts: OwnerFacts, writer: Writer) -> str:
    owner = facts.connection.owners.of(layer)
    if owner is None:
        owner = facts.connection.owners.architecture
        tell = f"; tell {writer.person(owner)}" if owner else ""
        return f"*{_LAYER_WORDS[layer]}:* nobody is named{tell}"
    return f"*{_LAYER_WORDS[layer]}:* {writer.person(owner)}"


def _responder(facts: OwnerFacts, writer: Writer) -> str:
    if facts.first_responder is None:
        return "*First responder:* nobody is named"
    if not facts.covered_by:
        return f"*First responder:* {writer.person(facts.first_responder)}"
    ends = f" until {time(facts.covered_until)}" if facts.covered_until else ""
    covering = (
        f"{writer.person(facts.covered_by)}, covering for {writer.person(facts.first_responder)}"
    )
    return f"*First responder now:* {covering}{ends}"


def _lanes(connection: Connection, catalogue: Catalogue) -> Iterable[str]:
    for lane in Lane:
        party = catalogue.party_of(connection, lane)
        if party is None:
            continue
        within = party.respond_within.get(connection.criticality)
        answer = f", answers within {say_duration(within)}" if within else ""
        contact = f", {escape(party.contact)}" if party.contact else ""
        contract = f" ({escape(party.contract)})" if party.contract else ""
        yield f"*{LANE_TITLES[lane]}:* {escape(party.name)}{contact}{answer}{contract}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedChoice:
    """A connection that may be meant, and what its button does and carries."""

    connection: Connection
    action: Action
    value: str


def choices(name: str, likely: Sequence[NamedChoice]) -> SlackMessage:
    """Several may be meant by `name`, as somebody typed it: never guess."""
    asked = f"Which one do you mean by “{escape(name)}”?" if name else "Which one do you mean?"
    if len(likely) == 1:
        asked = f"Do you mean {escape(likely[0].connection.name)}?"
    row = [
        button(one.connection.name, one.action, one.value, word=str(place))
        for place, one in enumerate(likely[:10])
    ]
    return message(asked, [section(asked), actions(row, "choices")])


def dossier(
    view: DossierView, facts: OwnerFacts, catalogue: Catalogue, writer: Writer, audit_said: str = ""
) -> SlackMessage:
    """Everything about one connection on one page; `audit_said` is the audit's line about it."""
    connection = view.line.connection
    owner_blocks = owners(facts, catalogue, writer).blocks
    blocks = [
        header(connection.name),
        _long(replace(view.line, remarks=()), writer),
        *([section(audit_said)] if audit_said else []),
        lines(*_nature(connection, catalogue, view)),
        *owner_blocks[1:3],
        lines(
            "*Health, credentials, changes*", *(f"• {writer.say(e.text)}" for e in view.evidence)
        ),
        *_oddities(view, writer),
        lines("*Documents*", *_docs(connection)),
    ]
    if connection.known_exceptions:
        listed = (f"• {escape(item)}" for item in connection.known_exceptions)
        blocks.append(lines("*Known exceptions*", *listed))
    if view.history:
        past = (_past(item, view.owners_then.get(item.id), writer) for item in view.history)
        blocks.append(lines("*Last incidents*", *past))
    blocks += described(optional_sections(catalogue, connection), writer)
    return message(f"{connection.name}: everything known", [*blocks, _doors(connection)])


def _oddities(view: DossierView, writer: Writer) -> Iterable[Block]:
    """What looks remarked although nothing fails: a value that is not there, a status that
    nobody knows, a test."""
    if view.line.remarks:
        said = (f"• {escape(check)}: {writer.say(words)}" for check, words in view.line.remarks)
        yield lines("*Worth knowing*", *said)


def _nature(connection: Connection, catalogue: Catalogue, view: DossierView) -> Iterable[str]:
    pattern = connection.pattern or "no pattern recorded"
    yield f"*Flow:* {_ends(connection, catalogue)} · {escape(pattern)}"
    tolerance = say_duration(connection.tolerance) if connection.tolerance else "not recorded"
    yield f"*Criticality:* {connection.criticality} · may be late by {tolerance}"
    if connection.entities:
        yield f"*Moves:* {escape(', '.join(connection.entities))}"
    maker = catalogue.parties.get(connection.maintained_by or "")
    kept = f", maintained by {escape(maker.name)}" if maker else ""
    yield f"*Built:* {connection.build}{kept}"
    if view.depends:
        yield f"*Waits for this one:* {escape(', '.join(view.depends))}"
    if connection.reports:
        yield f"*Feeds reports:* {escape(', '.join(connection.reports))}"


def _docs(connection: Connection) -> Iterable[str]:
    docs = connection.docs
    slots = {
        "Field mappings": docs.mapping,
        "Schedule and triggers": docs.schedule,
        "Authentication": docs.auth,
        "Error playbook": docs.playbook,
        "Escalation contacts": docs.escalation,
    }
    missing = [name.lower() for name, link in slots.items() if not link]
    for name, link in slots.items():
        if link:
            yield f"• {name}: {escape(link)}"
    if missing:
        yield f"• Missing: {', '.join(missing)}"
    reviewed = docs.reviewed.isoformat() if docs.reviewed else "never"
    yield f"• Last reviewed: {reviewed}"


def _past(incident: Incident, owner: str | None, writer: Writer) -> str:
    end = f", resolved {time(incident.resolved_at)}" if incident.resolved_at else ""
    then = f", owned by {writer.name(owner)} then" if owner else ""
    if incident.parent is not None:
        end = f", a part of {incident_key(incident.parent)}"
    return f"• {SYMBOL[incident.state]} {incident.key} {time(incident.opened_at)}{end}{then}"


def mine(view: MineView, writer: Writer) -> SlackMessage:
    """What the reader has to do with."""
    name = escape(view.person.name) if view.person else "You"
    if view.person is None:
        text = "You are not in the catalogue, so nothing is yours. The admin can add you."
        return message(text, [section(text)])
    blocks = [header(f"{view.person.name}: what is yours")]
    if view.incidents:
        blocks.append(
            lines(
                "*Open incidents that name you*", *(_open(i, c, writer) for i, c in view.incidents)
            )
        )
    else:
        blocks.append(section("No open incident names you."))
    if view.owns:
        blocks.append(lines("*You own or respond for*", *(_owned(line) for line in view.owns)))
    return message(f"{name}: what is yours", blocks)


def _owned(line: StatusLine) -> str:
    symbol = VERDICT[line.health.verdict] if line.health else "⚪"
    of = f" · {line.incident.key}" if line.incident else ""
    return f"{symbol} {escape(line.connection.name)}{of}"


def _open(incident: Incident, channel: str | None, writer: Writer) -> str:
    where = f" <#{channel}>" if channel else ""
    who = f", {writer.person(incident.holder)} has it" if incident.holder else ""
    return f"{SYMBOL[incident.state]} {incident.key} {escape(incident.headline)}{who}{where}"


def incidents(
    live: Sequence[tuple[Incident, str | None]], why: str, writer: Writer
) -> SlackMessage:
    """Where a command would have worked."""
    if not live:
        return message("No incident is open.", [section(f"{why} No incident is open.")])
    blocks = [section(why), lines(*(_open(item, channel, writer) for item, channel in live[:20]))]
    return message(why, blocks)


def explained(hits: Sequence[Hit]) -> SlackMessage:
    """What an error text means, by the entry that is nearest."""
    entry = hits[0].entry
    blocks = [
        section(
            f"*{escape(entry.error_class.replace('_', ' ').capitalize())}*: {escape(entry.meaning)}"
        ),
        lines(
            f"*First check:* {escape(entry.first_check)}",
            f"*Fix:* {escape(entry.fix)}",
            f"*Send again:* {escape(by_text_alone(entry.retry))}",
            f"*Lane:* {LANE_NAMES[entry.lane]}, {entry.layer} owner",
        ),
        context(f"Known by “{escape(hits[0].matched)}”"),
    ]
    return message(f"{entry.error_class}: {entry.meaning}", blocks)


def described(sections: Sequence[Section], writer: Writer) -> Iterable[Block]:
    """The optional parts of the dossier."""
    for part in sections:
        rows = (f"*{escape(label)}:* {writer.say(text)}" for label, text in part.rows)
        yield lines(f"*{escape(part.title)}*", *rows)
