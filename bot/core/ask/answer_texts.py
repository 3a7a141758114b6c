"""The sentences that answer a question, from facts that are already settled.

Rule of this file: plain short lines with marks for people and times (`bot.language.marks`); every
gap names the person to tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from bot.core.estate.catalogue import Catalogue, Connection, Credential
from bot.core.estate.history import TRIAL_WORDS, Change, Release
from bot.core.estate.ids import PersonId, SystemId
from bot.core.estate.lane import LANE_NAMES, Layer
from bot.core.estate.responsibility import NO_END, LaneFact, OwnerFacts, owner_facts, stand_in
from bot.language.marks import outside, when, who
from bot.language.units import say_duration

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
    source, target = (outside(catalogue.system_name(end)) for end in connection.systems)
    return f"{outside(connection.name)} ({connection.id}): {source} {arrow} {target}"


def owner_text(catalogue: Catalogue, facts: OwnerFacts) -> str:
    """All three layers, the first responder now, the lanes, and every gap with its next step."""
    lines = [title(catalogue, facts.connection), _layers_line(facts)]
    lines += _missing_lines(facts)
    lines.append(_responder_line(facts))
    lines += [_lane_line(fact) for fact in facts.lanes]
    if not facts.lanes:
        lines.append(f"No lane has a contact: {_tell(facts)}.")
    return "\n".join(lines)


def layer_text(catalogue: Catalogue, facts: OwnerFacts, layer: Layer) -> str:
    owner = facts.connection.owners.of(layer)
    if owner is None:
        return "\n".join(
            (title(catalogue, facts.connection), f"No {layer} owner is named: {_tell(facts)}.")
        )
    others = [line for other in Layer if other is not layer and (line := _named(other, facts))]
    head = f"{layer.capitalize()} owner of {title(catalogue, facts.connection)} is {who(owner)}."
    return "\n".join((head, *(f"{line}." for line in others)))


def approver_text(catalogue: Catalogue, facts: OwnerFacts) -> str:
    """The functional owner approves on merit; without one, the next layer is named and the gap."""
    lines = [title(catalogue, facts.connection)]
    if facts.functional:
        lines.append(f"{who(facts.functional)} approves changes to it (functional owner).")
    else:
        lines.append(f"No functional owner is named who could approve: {_tell(facts)}.")
    if facts.technical and facts.technical != facts.functional:
        lines.append(f"{who(facts.technical)} carries them out (technical owner).")
    if facts.architecture and facts.architecture != facts.functional:
        lines.append(f"{who(facts.architecture)} is told when other connections are touched.")
    return "\n".join(lines)


def cover_text(
    catalogue: Catalogue,
    person: PersonId,
    cover: Mapping[PersonId, PersonId],
    until: Mapping[PersonId, datetime] = NO_END,
) -> str:
    acting = stand_in(person, cover)
    if acting:
        ends = f", until {when(until[person])}" if person in until else ""
        return f"{who(acting)} covers for {who(person)} now{ends}."
    known = catalogue.people.get(person)
    manager = known.manager if known else None
    step = f"ask {who(manager)}, their manager" if manager else "ask them to name somebody"
    return f"Nobody is entered as cover for {who(person)} at the moment: {step}."


def reserve_text(catalogue: Catalogue, facts: OwnerFacts) -> str:
    """Who stands behind the first responder of a connection."""
    lines = [title(catalogue, facts.connection), _responder_line(facts)]
    for rung in facts.connection.ladder:
        people = ", ".join(who(person) for person in rung.people)
        lines.append(f"After {say_duration(rung.after)} without an answer: {people or 'nobody'}.")
    if not facts.connection.ladder:
        lines.append(f"Nobody stands behind the first responder: {_tell(facts)}.")
    return "\n".join(lines)


def owned_text(catalogue: Catalogue, person: PersonId, roles: Mapping[str, Sequence[str]]) -> str:
    """`roles` are connection ids with what the person is to each."""
    if not roles:
        return f"{who(person)} owns no connection."
    lines = [
        f"{outside(catalogue.connections[id].name)} ({id}): {', '.join(parts)}"
        for id, parts in roles.items()
    ]
    return "\n".join((f"{who(person)} has a part in {_connections(len(roles))}:", *_short(lines)))


def unowned_text(catalogue: Catalogue, layers: Iterable[Layer], now: datetime) -> str:
    """Connections lacking an owner in one of `layers`."""
    wanted = tuple(layers)
    lines = []
    for connection in catalogue.connections.values():
        facts = owner_facts(catalogue, connection.id, now)
        gaps = [layer for layer in facts.missing if layer in wanted]
        if gaps:
            lines.append(
                f"{outside(connection.name)} ({connection.id}): no {' and no '.join(gaps)} owner;"
                f" {_tell(facts)}"
            )
    kind = "all three owners" if len(wanted) > 1 else f"the {wanted[0]} owner"
    if not lines:
        return f"Every connection has {kind} named."
    return "\n".join((f"Without {kind}: {_connections(len(lines))}.", *_short(lines)))


def listing_text(catalogue: Catalogue, subject: str, ids: Sequence[str]) -> str:
    """The connections that touch something, with who is pinged first for each."""
    if not ids:
        return f"No connection touches {outside(subject)}."
    lines = []
    for id in ids:
        connection = catalogue.connections[id]
        first = connection.first_responder or connection.owners.technical
        lines.append(f"{title(catalogue, connection)}; first {who(first)}")
    return "\n".join((f"{outside(subject)} touches {_connections(len(ids))}:", *_short(lines)))


def depends_text(catalogue: Catalogue, connection: Connection) -> str:
    """What waits for a connection and what it waits for."""
    after = [one for one in catalogue.connections.values() if connection.id in one.depends_on]
    before = [
        catalogue.connections[id] for id in connection.depends_on if id in catalogue.connections
    ]
    lines = [title(catalogue, connection)]
    lines.append(_named_list("Depending on it", after) or "No connection depends on it.")
    lines.append(_named_list("It depends on", before) or "It depends on no other connection.")
    if connection.reports:
        lines.append(f"Reports fed by it: {outside(', '.join(connection.reports))}.")
    return "\n".join(lines)


def credentials_text(catalogue: Catalogue, connection: Connection, now: datetime) -> str:
    """Each credential with its end, its owner and where it is renewed; never the secret."""
    lines = [title(catalogue, connection)]
    lines += [_credential_line(one, now.date()) for one in connection.credentials]
    if not connection.credentials:
        facts = owner_facts(catalogue, connection.id, now)
        lines.append(f"No credential is registered for it: {_tell(facts)}.")
    return "\n".join(lines)


def expiring_text(catalogue: Catalogue, now: datetime) -> str:
    """The estate's dated credentials, soonest first."""
    dated = [
        (one.expires, f"{outside(connection.name)}: {_credential_line(one, now.date())}")
        for connection in catalogue.connections.values()
        for one in connection.credentials
        if one.expires
    ]
    if not dated:
        return "No credential has an end date in the catalogue."
    return "\n".join(("Soonest first:", *_short([line for _, line in sorted(dated)])))


def changes_text(
    catalogue: Catalogue,
    connections: Sequence[Connection],
    systems: Sequence[SystemId],
    now: datetime,
    about: SystemId | None = None,
) -> str:
    """Changes of the connections and releases of the systems, newest first; `about` is the system
    that was asked for by name."""
    ids = {connection.id for connection in connections}
    told = [
        (one.at, _change_line(catalogue, one)) for one in catalogue.changes if one.connection in ids
    ]
    told += [
        (one.at, _release_line(catalogue, one, now, connections))
        for one in catalogue.releases
        if one.system in systems
    ]
    told.sort(key=lambda one: one[0], reverse=True)
    head = title(catalogue, connections[0]) if len(connections) == 1 else "The whole estate"
    if about:
        head = f"{outside(catalogue.system_name(about))} and its {_connections(len(connections))}"
    if not told:
        return f"{head}\nNo change and no release is on record."
    return "\n".join((head, *_short([line for _, line in told])))


def sla_text(catalogue: Catalogue, facts: OwnerFacts) -> str:
    connection = facts.connection
    lines = [title(catalogue, connection), f"Criticality: {connection.criticality}."]
    if connection.tolerance:
        lines.append(f"It may be late by {say_duration(connection.tolerance)}.")
    else:
        lines.append(f"How late it may be is not agreed: {_tell(facts)}.")
    lines += [_lane_line(fact) for fact in facts.lanes]
    if not any(fact.respond_within for fact in facts.lanes):
        lines.append(f"No party has a response time on record: {_tell(facts)}.")
    return "\n".join(lines)


def runbook_text(catalogue: Catalogue, connection: Connection) -> str:
    lines = [title(catalogue, connection), f"Runbook: {outside(connection.runbook)}."]
    if connection.docs.playbook:
        lines.append(f"Own notes: {outside(connection.docs.playbook)}")
    return "\n".join(lines)


def party_text(catalogue: Catalogue, party: str, ids: Sequence[str]) -> str:
    known = catalogue.parties[party]
    lines = [f"{outside(known.name)}: {outside(known.contact) or 'no contact is on record'}."]
    if known.covers:
        lines.append(f"Covers {outside(known.covers)}.")
    if known.contract:
        lines.append(f"Contract {outside(known.contract)}.")
    names = [f"{outside(catalogue.connections[id].name)} ({id})" for id in ids]
    lines.append(f"A lane of: {', '.join(names)}." if names else "No connection points to them.")
    return "\n".join(lines)


def people_text(people: Iterable[PersonId], layer: Layer) -> str:
    named = ", ".join(who(person) for person in people)
    return f"{layer.capitalize()} owners: {named}." if named else f"Nobody is {layer} owner."


def which_text(catalogue: Catalogue, subject: str, ids: Sequence[str]) -> str:
    """Several fit: they are named, none is chosen."""
    lines = [title(catalogue, catalogue.connections[id]) for id in ids]
    said = f"“{outside(subject, 80)}”" if subject else "This"
    return "\n".join((f"{said} fits {_connections(len(ids))}. Which one do you mean?", *lines))


def which_person_text(subject: str, people: Sequence[PersonId]) -> str:
    names = ", ".join(who(person) for person in people)
    return f"“{outside(subject, 80)}” may be {names}. Whom do you mean?"


def unknown_text(catalogue: Catalogue, subject: str, ids: Sequence[str]) -> str:
    """Nothing fits well: that is said, with the nearest where there is one."""
    if not subject:
        example = next((one.name for one in catalogue.connections.values()), "orders")
        return f"Which connection do you mean? For example: who owns {outside(example)}?"
    head = f"I know no connection called “{outside(subject, 80)}”."
    if not ids:
        return f"{head}\nAsk “help” to see what I can answer."
    nearest = [title(catalogue, catalogue.connections[id]) for id in ids]
    return "\n".join((f"{head} Nearest:", *nearest))


def _layers_line(facts: OwnerFacts) -> str:
    named = [_named(layer, facts) for layer in Layer]
    return f"{'. '.join(one for one in named if one)}." if any(named) else "Nobody owns it."


def _named(layer: Layer, facts: OwnerFacts) -> str:
    owner = facts.connection.owners.of(layer)
    return f"{layer.capitalize()} owner: {who(owner)}" if owner else ""


def _missing_lines(facts: OwnerFacts) -> list[str]:
    return [f"No {layer} owner is named: {_tell(facts)}." for layer in facts.missing]


def _tell(facts: OwnerFacts) -> str:
    return f"tell {who(facts.keeper)}" if facts.keeper else "name one in the catalogue"


def _responder_line(facts: OwnerFacts) -> str:
    if facts.first_responder is None:
        return f"No first responder is named: {_tell(facts)}."
    if facts.covered_by:
        ends = f" until {when(facts.covered_until)}" if facts.covered_until else ""
        return (
            f"First responder now: {who(facts.covered_by)},"
            f" covering for {who(facts.first_responder)}{ends}."
        )
    return f"First responder: {who(facts.first_responder)}."


def _lane_line(fact: LaneFact) -> str:
    lane = LANE_NAMES[fact.lane]
    parts = [f"{lane[0].upper()}{lane[1:]}: {outside(fact.name)}"]
    parts.append(outside(fact.contact) or "no contact on record")
    if fact.respond_within:
        parts.append(f"responds within {say_duration(fact.respond_within)}")
    if fact.contract:
        end = (
            f", {'ended' if fact.expired else 'until'} {fact.valid_until}"
            if fact.valid_until
            else ""
        )
        parts.append(f"contract {outside(fact.contract)}{end}")
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


def _release_line(
    catalogue: Catalogue, release: Release, now: datetime, connections: Sequence[Connection]
) -> str:
    planned = "planned: " if release.at > now else ""
    what = f"release {outside(release.version)} of {outside(catalogue.system_name(release.system))}"
    summary = f": {outside(release.summary)}" if release.summary else ""
    trial = release.trial_of(connections[0].id) if len(connections) == 1 else None
    tested = f" ({TRIAL_WORDS[trial.verdict]}, says {who(trial.by)})" if trial else ""
    return f"{when(release.at)} {planned}{what}{summary}{tested}"


def _named_list(head: str, connections: Sequence[Connection]) -> str:
    names = ", ".join(f"{outside(one.name)} ({one.id})" for one in connections)
    return f"{head}: {names}." if names else ""


def _connections(number: int) -> str:
    return f"{number} connection{'' if number == 1 else 's'}"


def _short(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[:_MOST_LINES], f"and {len(lines) - _MOST_LINES} more"]
