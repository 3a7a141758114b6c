"""What the catalogue says of one connection, laid out once for Slack and for the handbook.

Rule of this file: texts carry the marks of `bot.language.marks`; what nobody wrote down is left out
here, and the audit names it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.lane import LANE_TITLES, Lane, Layer
from bot.core.governance.audit.risk_questions import DOC_PARTS
from bot.core.governance.audit.situation import listed
from bot.language.marks import outside, who
from bot.language.units import say_duration

Row = tuple[str, str]  # label and text

_MORE_DOCS = {
    "scope": "scope",
    "diagram": "diagram",
    "api": "interface reference",
    "dashboard": "dashboard",
    "rules": "business rules",
    "close": "close runbook",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    rows: tuple[Row, ...]


def sections(catalogue: Catalogue, connection: Connection) -> tuple[Section, ...]:
    """Everything on record, in reading order; empty sections are left out."""
    parts = {
        "What it is": _nature(catalogue, connection),
        "Owners and contacts": _people(catalogue, connection),
        "Credentials": _credentials(connection),
        "Records and handoffs": _records(catalogue, connection),
        "When records fail": _recovery(connection),
        "Roles": _roles(connection),
        "Documents": _docs(connection),
        "Known exceptions, workarounds and risks": _registers(connection),
        "Life": _life(catalogue, connection),
    }
    built = (Section(title=title, rows=tuple(rows)) for title, rows in parts.items())
    return tuple(section for section in built if section.rows)


def optional_sections(catalogue: Catalogue, connection: Connection) -> tuple[Section, ...]:
    """Only what is optional: the part of the dossier that the watching does not need."""
    wanted = {"Records and handoffs", "When records fail", "Roles", "Life"}
    shown = [one for one in sections(catalogue, connection) if one.title in wanted]
    registers = Section(
        title="Workarounds and risks",
        rows=tuple(row for row in _registers(connection) if row[0] != "Known exception"),
    )
    return (*shown, registers) if registers.rows else tuple(shown)


def _given(*rows: Row) -> Iterator[Row]:
    return ((label, text) for label, text in rows if text)


def _nature(catalogue: Catalogue, connection: Connection) -> Iterator[Row]:
    about, arrow = connection.about, "⇄" if connection.both_ways else "→"
    source, target = (outside(catalogue.system_name(end)) for end in connection.systems)
    maker = catalogue.parties.get(connection.maintained_by or "")
    nature = about.nature
    style = ", ".join(filter(None, (nature.purpose, nature.mode, nature.consistency)))
    return _given(
        ("Flow", f"{source} {arrow} {target}"),
        ("Moves", outside(", ".join(connection.entities))),
        ("Runs", outside(connection.pattern)),
        ("Set off by", outside(nature.trigger)),
        ("Criticality", connection.criticality.value),
        ("May be late by", say_duration(connection.tolerance) if connection.tolerance else ""),
        ("Runs again within", say_duration(nature.recover_within) if nature.recover_within else ""),
        ("Domain and flow", outside(", ".join(filter(None, (connection.domain, connection.flow))))),
        ("Kind", f"{style} ({nature.consistency} consistency)" if nature.consistency else style),
        ("Compliance", ", ".join(connection.compliance)),
        ("Built", connection.build.value + (f", by {outside(maker.name)}" if maker else "")),
        ("Business rules in", outside(listed(nature.logic)) if nature.logic else ""),
        ("Needs first", outside(", ".join(_names(catalogue, connection.depends_on)))),
        ("Feeds reports", outside(", ".join(connection.reports))),
        ("Upkeep planned", f"{about.effort_days:g} days a year" if about.effort_days else ""),
    )


def _names(catalogue: Catalogue, ids: tuple[str | None, ...]) -> list[str]:
    return [catalogue.connections[id].name for id in ids if id and id in catalogue.connections]


def _people(catalogue: Catalogue, connection: Connection) -> Iterator[Row]:
    for layer in Layer:
        yield f"{layer.capitalize()} owner", who(connection.owners.of(layer))
    yield "First responder", who(connection.first_responder)
    for rung in connection.ladder:
        people = ", ".join(who(person) for person in rung.people)
        yield f"After {say_duration(rung.after)}", people
    for lane in Lane:
        party = catalogue.party_of(connection, lane)
        if party:
            within = party.respond_within.get(connection.criticality)
            parts = (
                outside(party.name),
                outside(party.contact),
                f"answers within {say_duration(within)}" if within else "",
                outside(party.contract),
                f"until {party.valid_until}" if party.valid_until else "",
            )
            yield LANE_TITLES[lane], "; ".join(part for part in parts if part)


def _credentials(connection: Connection) -> Iterator[Row]:
    for one in connection.credentials:
        ends = f"ends {one.expires}" if one.expires else "no end date on record"
        parts = (
            f"{one.identity} login",
            outside(one.kind),
            f"renewed by {who(one.owner)}",
            ends,
            one.renewed.words() if one.renewed else "",
            f"at {outside(one.where)}" if one.where else "",
        )
        yield outside(one.name), "; ".join(part for part in parts if part)


def _records(catalogue: Catalogue, connection: Connection) -> Iterator[Row]:
    for one in connection.about.records:
        truth = outside(catalogue.system_name(one.authority)) if one.authority else ""
        parts = (
            f"truth in {truth}" if truth else "",
            f"kept clean by {who(one.steward)}" if one.steward else "",
            f"critical: {outside(', '.join(one.critical_fields))}" if one.critical_fields else "",
            outside(one.definition),
            outside(one.context),
            "" if one.must_move else "may stay behind",
        )
        yield outside(one.name), "; ".join(part for part in parts if part)
    for handoff in connection.about.handoffs:
        steps = (
            f"then {who(handoff.owner)}'s",
            f"starts with {outside(handoff.trigger)}" if handoff.trigger else "",
            f"waits: {outside(handoff.waits)}" if handoff.waits else "",
            f"escalates: {outside(handoff.escalates)}" if handoff.escalates else "",
            outside(handoff.note),
        )
        yield f"Handoff: {outside(handoff.what)}", "; ".join(part for part in steps if part)


def _recovery(connection: Connection) -> Iterator[Row]:
    about = connection.about
    recovery, exceptions = about.recovery, about.exceptions
    known = recovery.idempotency.value
    yield from _given(
        ("Sent again", outside(recovery.retry)),
        ("Sent twice", known if known != "unknown" else ""),
        ("Replay", outside(recovery.replay)),
        ("Undo", outside(recovery.compensation)),
        ("Conflicts", outside(recovery.conflicts)),
        ("Exceptions", f"owned by {who(exceptions.owner)}" if exceptions.owner else ""),
        ("Process", outside(exceptions.process)),
        ("Compared by hand", outside(about.reconciles_by_hand)),
    )
    for kind, person in exceptions.fixers.items():
        yield f"Mends “{outside(kind)}”", who(person)


_ROLE_WORDS = {
    "builder": "Built by",
    "after_launch": "Has it after launch",
    "assesses_impact": "Assesses impact",
    "approves_changes": "Approves changes",
    "updates_docs": "Updates documents",
    "reviews_failures": "Reviews failures",
    "realigns": "Realigns process and integration",
    "decides_workarounds": "Decides on workarounds",
    "controls_rules": "Controls its rules",
}


def _roles(connection: Connection) -> Iterator[Row]:
    roles = connection.about.roles
    for name, words in _ROLE_WORDS.items():
        if person := getattr(roles, name):
            yield words, who(person)
    if roles.may_change:
        yield "May change it", listed(who(person) for person in roles.may_change)


def _docs(connection: Connection) -> Iterator[Row]:
    for name, words in (*DOC_PARTS.items(), *_MORE_DOCS.items()):
        if link := getattr(connection.docs, name):
            yield words.capitalize(), outside(link)
    yield "Last read", str(connection.docs.reviewed or "never")


def _registers(connection: Connection) -> Iterator[Row]:
    about = connection.about
    for text in connection.known_exceptions:
        yield "Known exception", outside(text)
    for item in about.workarounds:
        yield "Workaround", _item(item.what, item.owner, f"review {item.review or 'never'}")
    for risk in about.risks:
        against = "; ".join(outside(part) for part in (risk.impact, risk.mitigation) if part)
        yield "Risk", _item(risk.what, risk.owner, against)
    for trial in about.trials:
        result = "passed" if trial.passed else "not passed"
        yield "Tried", f"{outside(trial.case)}: {result}{f' on {trial.on}' if trial.on else ''}"
    for control in about.controls:
        yield "Control", outside(control)


def _item(what: str, owner: str | None, more: str) -> str:
    return "; ".join((outside(what), who(owner), more))


def _life(catalogue: Catalogue, connection: Connection) -> Iterator[Row]:
    about = connection.about
    life, interface = about.lifecycle, about.interface
    quota = catalogue.governance.quotas.get(interface.quota or "")
    version = outside(interface.version)
    if interface.sunset:
        version = f"{version or 'in use'}, ends {interface.sunset}"
    return _given(
        ("Stage", life.stage.replace("_", " ") + (f" since {life.since}" if life.since else "")),
        ("Went live", str(life.go_live or "")),
        ("Until", str(life.until or "")),
        ("Reason", outside(life.reason)),
        ("Replaced by", ", ".join(_names(catalogue, (life.replaced_by,)))),
        ("Meant to become", (life.disposition or "").replace("_", " ")),
        ("Cut-over", outside(life.phase)),
        ("Modernising risk", outside(life.risk)),
        ("Interface version", version),
        ("Contract", outside(interface.contract)),
        ("Contract tested", str(interface.contract_tested or "")),
        ("Shares limit", outside(f"{quota.name}: {quota.limit}") if quota else ""),
        ("Owned next by", who(about.succession.next_owner) if about.succession.next_owner else ""),
        ("Ownership reviewed by", str(about.succession.review or "")),
    )
