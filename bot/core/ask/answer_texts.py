"""The sentences that answer a question, from facts that are already settled.

Rule of this file: plain short lines with marks for people and times (`bot.language.marks`); every
gap names the person to tell. What ends on `_lines` stands below the title of the connection.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from datetime import date

from bot.core.ask.answer import AskedQuestion
from bot.core.estate.catalogue import (
    Catalogue,
    Connection,
    Credential,
    LaneFact,
    OwnerFacts,
    stand_in,
)
from bot.core.estate.history import TRIAL_WORDS, Change, Release
from bot.core.estate.ids import PersonId, SystemId
from bot.core.estate.lane import LANE_NAMES, Layer
from bot.core.people.next_in_line import Purpose, first_in_line
from bot.language.marks import outside, when, who
from bot.language.units import say_count, say_duration

# Slack folds a longer message away, and nobody reads a long list on a phone.
_MOST_LINES = 12

HELP = """Ask me in your own words, for example:
who owns the web shop orders?
who do I call about the bank?
who approves a change to it, and who covers for a colleague?
what does a person own, what touches a system, which connections have no owner?
when does a token expire, when did it last sync, what is down, what changed?
what is the SLA, show the runbook."""


def title(catalogue: Catalogue, connection: Connection) -> str:
    """`AP invoices (ap-invoices): AP automation ⇄ ERP`"""
    arrow = "⇄" if connection.both_ways else "→"
    source, target = (outside(end) for end in catalogue.ends_of(connection))
    return f"{_name(connection)}: {source} {arrow} {target}"


def owner_lines(asked: AskedQuestion, facts: OwnerFacts) -> Iterator[str]:
    """All three layers, the first responder now, the lanes, and every gap with its next step."""
    named = [line for layer in Layer if (line := _owner(layer, facts))]
    yield f"{'. '.join(named)}." if named else "Nobody owns it."
    for layer in facts.missing:
        yield _gap(f"No {layer} owner is named", facts)
    yield _responder_line(facts)
    yield from map(_lane_line, facts.lanes)
    if not facts.lanes:
        yield _gap("No lane has a contact", facts)


def layer_text(asked: AskedQuestion, facts: OwnerFacts, layer: Layer) -> str:
    head = title(asked.catalogue, facts.connection)
    owner = facts.connection.owners.of(layer)
    if owner is None:
        return f"{head}\n{_gap(f'No {layer} owner is named', facts)}"
    others = [line for other in Layer if other is not layer and (line := _owner(other, facts))]
    head = f"{layer.capitalize()} owner of {head} is {who(owner)}."
    return "\n".join((head, *(f"{line}." for line in others)))


def approver_lines(asked: AskedQuestion, facts: OwnerFacts) -> Iterator[str]:
    """The functional owner approves on merit; without one, the next layer is named and the gap."""
    owners = facts.connection.owners
    if owners.functional:
        yield f"{who(owners.functional)} approves changes to it (functional owner)."
    else:
        yield _gap("No functional owner is named who could approve", facts)
    # One person may hold all layers; they are named once.
    if owners.technical and owners.technical != owners.functional:
        yield f"{who(owners.technical)} carries them out (technical owner)."
    if owners.architecture and owners.architecture != owners.functional:
        yield f"{who(owners.architecture)} is told when other connections are touched."


def cover_text(asked: AskedQuestion, person: PersonId) -> str:
    acting = stand_in(person, asked.cover)
    if acting:
        ends = f", until {when(asked.until[person])}" if person in asked.until else ""
        return f"{who(acting)} covers for {who(person)} now{ends}."
    known = asked.catalogue.people.get(person)
    manager = known.manager if known else None
    step = f"ask {who(manager)}, their manager" if manager else "ask them to name somebody"
    return f"Nobody is entered as cover for {who(person)} at the moment: {step}."


def reserve_lines(asked: AskedQuestion, facts: OwnerFacts) -> Iterator[str]:
    """Who stands behind the first responder of a connection."""
    yield _responder_line(facts)
    for rung in facts.connection.ladder:
        people = ", ".join(who(person) for person in rung.people)
        yield f"After {say_duration(rung.after)} without an answer: {people or 'nobody'}."
    if not facts.connection.ladder:
        yield _gap("Nobody stands behind the first responder", facts)


def owned_text(catalogue: Catalogue, person: PersonId, roles: Mapping[str, str]) -> str:
    """`roles` are connection ids with what the person is to each."""
    if not roles:
        return f"{who(person)} owns no connection."
    lines = [f"{_name(catalogue.connections[id])}: {parts}" for id, parts in roles.items()]
    return _listed(f"{who(person)} has a part in {_connections(roles)}:", lines)


def unowned_text(asked: AskedQuestion, layers: Sequence[Layer]) -> str:
    """Connections lacking an owner in one of `layers`."""
    lines = []
    for connection in asked.catalogue.connections.values():
        facts = asked.facts(connection.id)
        gaps = [layer for layer in facts.missing if layer in layers]
        if gaps:
            lines.append(f"{_name(connection)}: no {' and no '.join(gaps)} owner; {_tell(facts)}")
    kind = "all three owners" if len(layers) > 1 else f"the {layers[0]} owner"
    if not lines:
        # An empty list would read like an answer that got lost.
        return f"Every connection has {kind} named."
    return _listed(f"Without {kind}: {_connections(lines)}.", lines)


def listing_text(catalogue: Catalogue, subject: str, ids: Sequence[str]) -> str:
    """The connections that touch something, with who is pinged first for each."""
    if not ids:
        return f"No connection touches {outside(subject)}."
    lines = []
    for connection in (catalogue.connections[id] for id in ids):
        first = connection.first_responder or connection.owners.technical
        lines.append(f"{title(catalogue, connection)}; first {who(first)}")
    return _listed(f"{outside(subject)} touches {_connections(ids)}:", lines)


def depends_lines(asked: AskedQuestion, facts: OwnerFacts) -> Iterator[str]:
    """What waits for a connection and what it waits for."""
    own, all_ = facts.connection, asked.catalogue.connections
    after = _names(one for one in all_.values() if own.id in one.depends_on)
    before = _names(all_[id] for id in own.depends_on if id in all_)
    yield f"Depending on it: {after}." if after else "No connection depends on it."
    yield f"It depends on: {before}." if before else "It depends on no other connection."
    if own.reports:
        yield f"Reports fed by it: {outside(', '.join(own.reports))}."


def credentials_lines(asked: AskedQuestion, facts: OwnerFacts) -> Iterator[str]:
    """Each credential with its end, its owner and where it is renewed; never the secret."""
    for one in facts.connection.credentials:
        yield _credential_line(one, asked.now.date())
    if not facts.connection.credentials:
        yield _gap("No credential is registered for it", facts)


def expiring_text(asked: AskedQuestion) -> str:
    """The estate's dated credentials, soonest first."""
    today = asked.now.date()
    dated = [
        (one.expires, f"{outside(connection.name)}: {_credential_line(one, today)}")
        for connection in asked.catalogue.connections.values()
        for one in connection.credentials
        if one.expires
    ]
    if not dated:
        return "No credential has an end date in the catalogue."
    return _listed("Soonest first:", [line for _, line in sorted(dated)])


def changes_text(
    asked: AskedQuestion,
    connections: Sequence[Connection],
    systems: Iterable[SystemId],
    about: SystemId | None = None,
) -> str:
    """Changes of the connections and releases of the systems, newest first; `about` is the system
    that was asked for by name."""
    catalogue = asked.catalogue
    ids = {connection.id for connection in connections}
    told = [
        (one.at, _change_line(catalogue, one)) for one in catalogue.changes if one.connection in ids
    ]
    # A release of a system reaches each of its connections, so it stands among their changes.
    told += [
        (one.at, _release_line(asked, one, connections))
        for one in catalogue.releases
        if one.system in systems
    ]
    told.sort(key=lambda one: one[0], reverse=True)
    head = title(catalogue, connections[0]) if len(connections) == 1 else "The whole estate"
    if about:
        head = f"{outside(catalogue.system_name(about))} and its {_connections(connections)}"
    return _listed(head, [line for _, line in told] or ["No change and no release is on record."])


def sla_lines(asked: AskedQuestion, facts: OwnerFacts) -> Iterator[str]:
    yield f"Criticality: {facts.connection.criticality}."
    if facts.connection.tolerance:
        yield f"It may be late by {say_duration(facts.connection.tolerance)}."
    else:
        yield _gap("How late it may be is not agreed", facts)
    yield from map(_lane_line, facts.lanes)
    if not any(fact.respond_within for fact in facts.lanes):
        yield _gap("No party has a response time on record", facts)


def runbook_lines(asked: AskedQuestion, facts: OwnerFacts) -> Iterator[str]:
    yield f"Runbook: {outside(facts.connection.runbook)}."
    if facts.connection.docs.playbook:
        yield f"Own notes: {outside(facts.connection.docs.playbook)}"


def party_text(catalogue: Catalogue, party: str, ids: Iterable[str]) -> str:
    known = catalogue.parties[party]
    lines = [f"{outside(known.name)}: {outside(known.contact) or 'no contact is on record'}."]
    if known.covers:
        lines.append(f"Covers {outside(known.covers)}.")
    if known.contract:
        lines.append(f"Contract {outside(known.contract)}.")
    names = _names(catalogue.connections[id] for id in ids)
    return "\n".join((*lines, f"A lane of: {names}." if names else "No connection points to them."))


def people_text(people: Iterable[PersonId], layer: Layer) -> str:
    named = ", ".join(map(who, people))
    return f"{layer.capitalize()} owners: {named}." if named else f"Nobody is {layer} owner."


def which_text(catalogue: Catalogue, subject: str, ids: Sequence[str]) -> str:
    """Several fit: they are named, none is chosen."""
    lines = [title(catalogue, catalogue.connections[id]) for id in ids]
    said = f"“{outside(subject, 80)}”" if subject else "This"
    return "\n".join((f"{said} fits {_connections(ids)}. Which one do you mean?", *lines))


def which_person_text(subject: str, people: Iterable[PersonId]) -> str:
    return f"“{outside(subject, 80)}” may be {', '.join(map(who, people))}. Whom do you mean?"


def unknown_text(catalogue: Catalogue, subject: str, ids: Sequence[str]) -> str:
    """Nothing fits well: that is said, with the nearest where there is one."""
    # Nothing was named at all: an example shows what a question looks like.
    if not subject:
        example = next((one.name for one in catalogue.connections.values()), "orders")
        return f"Which connection do you mean? For example: who owns {outside(example)}?"
    head = f"I know no connection called “{outside(subject, 80)}”."
    if not ids:
        return f"{head}\nAsk “help” to see what I can answer."
    nearest = [title(catalogue, catalogue.connections[id]) for id in ids]
    return "\n".join((f"{head} Nearest:", *nearest))


def _owner(layer: Layer, facts: OwnerFacts) -> str:
    owner = facts.connection.owners.of(layer)
    return f"{layer.capitalize()} owner: {who(owner)}" if owner else ""


def _gap(what: str, facts: OwnerFacts) -> str:
    return f"{what}: {_tell(facts)}."


def _tell(facts: OwnerFacts) -> str:
    told = first_in_line(Purpose.OWNER_MISSING, facts.connection)
    return f"tell {who(told)}" if told else "name one in the catalogue"


def _responder_line(facts: OwnerFacts) -> str:
    if facts.first_responder is None:
        return _gap("No first responder is named", facts)
    first = who(facts.first_responder)
    if not facts.covered_by:
        return f"First responder: {first}."
    ends = f" until {when(facts.covered_until)}" if facts.covered_until else ""
    return f"First responder now: {who(facts.covered_by)}, covering for {first}{ends}."


def _lane_line(fact: LaneFact) -> str:
    lane, party = LANE_NAMES[fact.lane], fact.party
    parts = [f"{lane[0].upper()}{lane[1:]}: {outside(party.name)}"]
    parts.append(outside(party.contact) or "no contact on record")
    if fact.respond_within:
        parts.append(f"responds within {say_duration(fact.respond_within)}")
    if party.contract:
        # Who calls on a contract that is over learns it here, and not on the phone.
        ended = "ended" if fact.expired else "until"
        end = f", {ended} {party.valid_until}" if party.valid_until else ""
        parts.append(f"contract {outside(party.contract)}{end}")
    return f"{'; '.join(parts)}."


def _credential_line(one: Credential, today: date) -> str:
    parts = [outside(one.name or one.id)]
    if one.expires is None:
        parts.append("no end date on record")
    elif one.expires < today:
        parts.append(f"expired on {one.expires}, {say_duration(today - one.expires)} ago")
    else:
        parts.append(f"expires on {one.expires}, in {say_duration(one.expires - today)}")
    if one.renewed:
        parts.append(one.renewed.words())
    parts.append(f"{one.identity} login")
    parts.append(f"owner {who(one.owner)}")
    if one.where:
        parts.append(f"renewed at {outside(one.where)}")
    return f"{'; '.join(parts)}."


def _change_line(catalogue: Catalogue, change: Change) -> str:
    name = outside(catalogue.connections[change.connection].name)
    approval = (
        f"approved by {who(change.approved_by)}" if change.approved_by else "no approval on record"
    )
    return f"{when(change.at)} {name}: {outside(change.what)} (by {who(change.by)}, {approval})"


def _release_line(asked: AskedQuestion, release: Release, connections: Sequence[Connection]) -> str:
    planned = "planned: " if release.at > asked.now else ""
    system = outside(asked.catalogue.system_name(release.system))
    summary = f": {outside(release.summary)}" if release.summary else ""
    trial = release.trial_of(connections[0].id) if len(connections) == 1 else None
    tested = f" ({TRIAL_WORDS[trial.verdict]}, says {who(trial.by)})" if trial else ""
    what = f"release {outside(release.version)} of {system}{summary}{tested}"
    return f"{when(release.at)} {planned}{what}"


def _name(connection: Connection) -> str:
    return f"{outside(connection.name)} ({connection.id})"


def _names(connections: Iterable[Connection]) -> str:
    return ", ".join(map(_name, connections))


def _connections(many: Sized) -> str:
    return say_count(len(many), "connection")


def _listed(head: str, lines: list[str]) -> str:
    """The head with the first of the lines below it, and how many more there are."""
    # How many are not shown is said, so that nobody takes the list for the whole.
    more = len(lines) - _MOST_LINES
    shown = lines if more <= 0 else [*lines[:_MOST_LINES], f"and {more} more"]
    return "\n".join((head, *shown))
