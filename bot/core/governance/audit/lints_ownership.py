"""Findings about people: who owns nothing, too much, alone, or is no longer there.

Each rule is one function of one connection, or of the estate, and one line in the table below it.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bot.core.estate.catalogue import Connection
from bot.core.estate.lane import Layer
from bot.core.governance.audit.finding import AuditFinding, FindingWeight, about, by_criticality
from bot.core.governance.audit.situation import Situation, listed, people_of
from bot.language.marks import outside, who

ANSWER_WITHIN = timedelta(days=21)  # to confirm ownership, after being asked
HANDOVER_WITHIN = timedelta(days=14)  # to finish a handover checklist

_TEAM_WORDS = frozenset(
    {"admin", "crew", "department", "desk", "group", "helpdesk", "info", "it", "office", "ops"}
    | {"servicedesk", "squad", "staff", "support", "team"}
)


def _orphan(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    owners = connection.owners
    if owners.technical or owners.functional or owners.architecture:
        return
    yield about(
        connection,
        "orphan",
        "Nobody owns it, in any layer.",
        why="When it breaks, nobody is called and nobody notices.",
        who=situation.keeper,
        do="Keep it running as it is, find out who uses it, and name a technical owner.",
        weight=FindingWeight.URGENT,
    )


def _missing_layer(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    missing = [layer for layer in Layer if connection.owners.of(layer) is None]
    if len(missing) == len(Layer):
        return
    for layer in missing:
        yield about(
            connection,
            f"no-{layer}-owner",
            f"No {layer} owner is named.",
            why=_WHY_LAYER[layer],
            who=situation.teller(connection, *Layer),
            do=f"Name one person as {layer} owner in the catalogue.",
            weight=by_criticality(connection),
        )


_WHY_LAYER = {
    Layer.TECHNICAL: "Nobody holds the keys or works its incidents.",
    Layer.FUNCTIONAL: "Nobody can say whether the data is right or approve a change.",
    Layer.ARCHITECTURE: "Nobody decides whether it stays.",
}


def _no_responder(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    if connection.first_responder is None:
        yield about(
            connection,
            "no-first-responder",
            "No first responder is named.",
            why="The first hour of an incident goes to finding somebody.",
            who=situation.teller(connection),
            do="Name the person who is pinged first.",
            weight=by_criticality(connection),
        )


def _departed(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    gone = {
        person: (situation.absence(person), duties)
        for person, duties in people_of(connection).items()
        if situation.absence(person)
    }
    if not gone:
        return
    said = "; ".join(f"{who(one)} {why} ({listed(held)})" for one, (why, held) in gone.items())
    first = next(iter(gone))
    yield about(
        connection,
        "departed",
        f"{said}.",
        why="Pings and expiry warnings go to somebody who does not answer.",
        who=situation.above(first, connection),
        do="Name a successor in the catalogue and walk the handover checklist with them.",
        since=_left(situation, first),
        weight=by_criticality(connection),
    )


def _left(situation: Situation, person: str) -> date | None:
    known = situation.catalogue.people.get(person)
    return known.left if known else None


def _no_cover(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    first = connection.first_responder
    behind = {one for rung in connection.ladder for one in rung.people} - {first}
    if first and not any(situation.present(one) for one in behind):
        yield about(
            connection,
            "no-cover",
            f"Nobody stands behind {who(first)} on the escalation ladder.",
            why="When they are away, an incident is nobody's.",
            who=situation.teller(connection),
            do="Add a second person to the ladder.",
            weight=by_criticality(connection),
        )


def _key_person(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    """One person runs it, is pinged first and second, and holds every key."""
    first_rung = connection.ladder[0].people if connection.ladder else ()
    hands = {connection.owners.technical, connection.first_responder, *first_rung}
    hands.discard(None)
    # A key whose owner is unknown may be in other hands.
    hands |= {one.owner for one in connection.credentials}
    if connection.owners.technical is None or len(hands) != 1:
        return
    person = connection.owners.technical
    known = situation.catalogue.people.get(person)
    outsider = " They work for another company." if known and known.works_for else ""
    yield about(
        connection,
        "key-person",
        f"Everything technical hangs on {who(person)}.{outsider}",
        why="Their illness or notice stops the connection.",
        who=situation.above(person, connection),
        do="Name a second person on the first rung, and share the keys' owner.",
        weight=by_criticality(connection),
    )


def _all_layers(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    owners = connection.owners
    if owners.technical and owners.technical == owners.functional == owners.architecture:
        yield about(
            connection,
            "one-person-all-layers",
            f"{who(owners.technical)} owns all three layers.",
            why="Whoever runs it also judges its data and approves its changes.",
            who=situation.above(owners.technical, connection),
            do="Give at least the functional layer to somebody from the business.",
        )


def _review_due(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    review = connection.about.succession.review
    if review and review <= situation.today:
        after = connection.about.succession.next_owner
        yield about(
            connection,
            "owner-review-due",
            f"Its ownership was to be looked at on {review}.",
            why="Nobody knows who owns it next year.",
            who=situation.teller(connection, Layer.ARCHITECTURE),
            do=f"Hand it to {who(after)}." if after else "Confirm the owners and set a new date.",
            since=review,
        )


def _not_equipped(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    for layer, given in connection.about.equipped.items():
        owner = connection.owners.of(Layer(layer))
        if owner and given.lacking:
            yield about(
                connection,
                f"not-equipped-{layer}",
                f"{who(owner)} owns the {layer} layer without {listed(given.lacking)}.",
                why="An owner who cannot act is an owner in name.",
                who=situation.above(owner, connection),
                do=f"Give them {listed(given.lacking)}, or name another owner.",
            )


def _unanswered(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    for asked in situation.live.unanswered:
        if asked.connection != connection.id:
            continue
        if asked.denied:
            yield about(
                connection,
                f"not-mine-{asked.layer}",
                f"{who(asked.person)} says that the {asked.layer} layer is not theirs.",
                why="The catalogue names somebody who does not own it.",
                who=situation.above(asked.person, connection),
                do=f"Name the right {asked.layer} owner in the catalogue.",
                since=asked.at.date(),
                weight=by_criticality(connection),
            )
        elif asked.at + ANSWER_WITHIN <= situation.now:
            yield about(
                connection,
                f"not-confirmed-{asked.layer}",
                f"{who(asked.person)} has not confirmed the {asked.layer} layer.",
                why="Ownership that nobody confirms is a line in a file.",
                who=situation.above(asked.person, connection),
                do="Ask them, or name another owner.",
                since=asked.at.date(),
            )


def _handover(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    for one in situation.live.handovers:
        if one.connection == connection.id and one.at + HANDOVER_WITHIN <= situation.now:
            yield about(
                connection,
                f"handover-unfinished-{one.layer}",
                f"{who(one.person)} took the {one.layer} layer over; still missing:"
                f" {listed(one.missing)}.",
                why="What the last owner knew is being lost.",
                who=one.person,
                do="Finish the handover checklist.",
                since=one.at.date(),
            )


OWNERSHIP: tuple[Callable[[Situation, Connection], Iterator[AuditFinding]], ...] = (
    _orphan,
    _missing_layer,
    _no_responder,
    _departed,
    _no_cover,
    _key_person,
    _all_layers,
    _review_due,
    _not_equipped,
    _unanswered,
    _handover,
)


def _too_much(situation: Situation) -> Iterator[AuditFinding]:
    most = situation.catalogue.governance.most_owned
    for person in situation.catalogue.people.values():
        mine = [
            one
            for one in situation.managed
            if person.id in (one.owners.technical, one.owners.functional, one.first_responder)
        ]
        if len(mine) > most:
            yield AuditFinding(
                id="owns-too-much",
                subject=f"person:{person.id}",
                what=f"{who(person.id)} answers for {len(mine)} connections; {most} is the limit.",
                why="In a bad week none of them is looked after.",
                who=situation.above(person.id),
                do="Give some of them to somebody else.",
            )


def _team(situation: Situation) -> Iterator[AuditFinding]:
    """A shared mailbox behind a person's name: nobody in particular would answer."""
    busy = {person for one in situation.managed for person in people_of(one)}
    for person in situation.catalogue.people.values():
        box = (person.email or "").partition("@")[0].casefold()
        if person.id in busy and box in _TEAM_WORDS:
            yield AuditFinding(
                id="team-mailbox",
                subject=f"person:{person.id}",
                what=f"{who(person.id)} is reached at {outside(person.email or '')}, which reads"
                " like a shared mailbox.",
                why="A team cannot be woken up.",
                who=situation.above(person.id),
                do="Enter the address of one person.",
            )


PEOPLE: tuple[Callable[[Situation], Iterator[AuditFinding]], ...] = (_too_much, _team)
