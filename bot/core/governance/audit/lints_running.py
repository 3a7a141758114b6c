"""Findings about how a connection is watched, logged in, documented and changed.

Each rule is one function of one connection and one line in the table at the end.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from bot.core.estate.catalogue import Connection, Credential, Criticality, Identity
from bot.core.estate.description import Monitoring, Risk, Stage, Workaround
from bot.core.estate.lane import Layer
from bot.core.governance.audit.finding import AuditFinding, FindingWeight, about, by_criticality
from bot.core.governance.audit.lints_changes import CHANGES
from bot.core.governance.audit.risk_questions import COUNTING, DOC_PARTS, missing_docs
from bot.core.governance.audit.situation import LOOK_BACK, Situation, listed, signals_ruled
from bot.language.marks import outside
from bot.language.units import say_count


def _not_watched(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    passive = connection.about.monitoring is Monitoring.PASSIVE
    if connection.checks and not passive:
        return
    yield about(
        connection,
        "not-watched",
        "Somebody has to go and look at it." if passive else "No check looks at it.",
        why="It can stand still for days before anybody notices.",
        who=situation.teller(connection),
        do="Add a check to the catalogue.",
        weight=by_criticality(connection),
    )


def _nothing_counted(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    if connection.checks and not signals_ruled(connection) & COUNTING:
        yield about(
            connection,
            "nothing-counted",
            "Nothing compares how many records leave and arrive.",
            why="Records that are skipped without an error are never missed.",
            who=situation.teller(connection),
            do="Add a rule on processed, completeness or reconciled.",
        )


def _found_by_people(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    found = [one for one in situation.recent_incidents(connection.id) if one.detected_by != "check"]
    if found:
        yield about(
            connection,
            "found-by-people",
            f"People saw {say_count(len(found), 'break')} before the checks did,"
            f" {found[0].key} last.",
            why="The first sign should come from a system.",
            who=situation.teller(connection),
            do="Add a check that would have seen it.",
            since=found[0].opened_at.date(),
        )


def _retired_running(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    life = connection.about.lifecycle
    if life.stage is Stage.RETIRED and situation.live.verdicts.get(connection.id) == "ok":
        yield about(
            connection,
            "retired-but-running",
            "It is marked retired and still runs.",
            why="Nobody answers for what it writes.",
            who=situation.teller(connection, Layer.ARCHITECTURE),
            do="Switch it off, or mark it live and name its owners.",
            since=life.until,
        )


def _retirement_overdue(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    life = connection.about.lifecycle
    if life.stage is Stage.TO_RETIRE and life.until and life.until <= situation.today:
        yield about(
            connection,
            "retirement-overdue",
            f"It was to be retired by {life.until}.",
            why="It is kept alive without being looked after.",
            who=situation.teller(connection, Layer.ARCHITECTURE),
            do="Retire it, or set a new date with its reason.",
            since=life.until,
        )


def _identities(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    for identity, why in _WHY_IDENTITY.items():
        names = [one.name for one in connection.credentials if one.identity is identity]
        if names:
            yield about(
                connection,
                f"{identity}-credential",
                f"{listed(outside(name) for name in names)}: a {identity} login.",
                why=why,
                who=situation.teller(connection),
                do="Move it to a service account with a named owner.",
                weight=by_criticality(connection),
            )


_WHY_IDENTITY = {
    Identity.PERSONAL: "The flow stops when that person leaves or changes the password.",
    Identity.SHARED: "Nobody knows who else uses it, and nobody renews it.",
}


def _unowned_keys(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    names = [one.name for one in connection.credentials if one.owner is None]
    if names:
        yield about(
            connection,
            "unowned-credential",
            f"Nobody renews {listed(outside(name) for name in names)}.",
            why="An expiry warning needs somebody to go to.",
            who=situation.teller(connection),
            do="Name the person who renews it.",
        )


def _asked(situation: Situation, connection: Connection, credential: Credential) -> str | None:
    """Whoever renews it, if they are still there."""
    owner = credential.owner
    return owner if situation.present(owner) else situation.teller(connection)


def _ended(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    past = [
        (one.expires, one)
        for one in connection.credentials
        if one.expires and one.expires <= situation.today
    ]
    if past:
        ended, credential = min(past, key=lambda item: item[0])
        names = listed(outside(one.name) for _, one in past)
        yield about(
            connection,
            "credential-ended",
            f"{names} ended{', the first' if len(past) > 1 else ''} on {ended}, says the register.",
            why="Either it stands still, or the register is old and warns of nothing any more.",
            who=_asked(situation, connection, credential),
            do="Renew it and enter the new date.",
            since=ended,
            weight=by_criticality(connection),
        )


def _rotation(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    late = [
        (one.rotated + one.rotate_every, one)
        for one in connection.credentials
        if one.rotated and one.rotate_every and one.rotated + one.rotate_every <= situation.today
    ]
    if late:
        due, credential = min(late, key=lambda item: item[0])
        yield about(
            connection,
            "rotation-overdue",
            f"{outside(credential.name)} was to be renewed by {due}.",
            why="A key that is never renewed is one that leavers still know.",
            who=_asked(situation, connection, credential),
            do="Renew it and enter the date.",
            since=due,
        )


def _docs_missing(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    missing = missing_docs(connection)
    if missing:
        all_of_it = len(missing) == len(DOC_PARTS)
        yield about(
            connection,
            "docs-missing",
            "Nothing is documented." if all_of_it else f"Not documented: {listed(missing)}.",
            why="Somebody new could not work an incident from the documents.",
            who=_writer(situation, connection),
            do="Write the missing parts and enter their addresses.",
        )


def _docs_stale(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    reviewed = connection.docs.reviewed
    if reviewed is None or len(missing_docs(connection)) == len(DOC_PARTS):
        return
    changed = situation.last_change(connection)
    limit = reviewed + situation.catalogue.governance.docs_max_age
    if changed and reviewed < changed[0]:
        since, said = changed[0], f"before the change of {changed[0]} ({outside(changed[1], 80)})"
    elif limit < situation.today:
        since, said = limit, f"and should have been read again by {limit}"
    else:
        return
    yield about(
        connection,
        "docs-stale",
        f"The documents were last read on {reviewed}, {said}.",
        why="Old documents send whoever works the incident the wrong way.",
        who=_writer(situation, connection),
        do="Read them through, mend what changed, and enter today's date.",
        since=since,
    )


def _writer(situation: Situation, connection: Connection) -> str | None:
    writer = connection.about.roles.updates_docs
    return writer if situation.present(writer) else situation.teller(connection)


def _contract(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    ended = [
        party
        for lane in connection.lanes
        if (party := situation.catalogue.party_of(connection, lane))
        and party.valid_until
        and party.valid_until < situation.today
    ]
    for known in {party.id: party for party in ended}.values():
        yield about(
            connection,
            f"contract-ended-{known.id}",
            f"The contract with {outside(known.name)} ended on {known.valid_until}.",
            why="They need not answer in an incident.",
            who=situation.teller(connection, Layer.ARCHITECTURE),
            do="Renew it, or name another party for the lane.",
            since=known.valid_until,
            weight=by_criticality(connection),
        )


def _sunset(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    interface = connection.about.interface
    if interface.sunset and interface.sunset - LOOK_BACK <= situation.today:
        near = interface.sunset - situation.today <= timedelta(days=30)
        yield about(
            connection,
            "version-ends",
            f"Version {outside(interface.version) or 'in use'} ends on {interface.sunset}.",
            why="After that day calls are refused.",
            who=situation.teller(connection),
            do="Plan the move to the next version, tested in a sandbox first.",
            since=interface.sunset - LOOK_BACK,
            weight=FindingWeight.URGENT if near else FindingWeight.IMPORTANT,
        )


def _blind_retry(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    recovery = connection.about.recovery
    if recovery.idempotency == "unsafe" and recovery.retry:
        yield about(
            connection,
            "unsafe-retry",
            "Records are sent again although the target books them twice.",
            why="A retry after an unclear failure doubles money or stock.",
            who=situation.teller(connection),
            do="Give records a key that the target knows, or stop the automatic retry.",
            weight=by_criticality(connection),
        )


def _reviews_due(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    """The workaround and the risk that have waited longest for another look."""
    registers: dict[str, tuple[Workaround | Risk, ...]] = {
        "workaround-review-due": connection.about.workarounds,
        "risk-review-due": connection.about.risks,
    }
    for id, register in registers.items():
        due = [(one.review, one) for one in register if one.review]
        late = [item for item in due if item[0] <= situation.today]
        if not late:
            continue
        review, item = min(late, key=lambda pair: pair[0])
        yield about(
            connection,
            id,
            f"“{outside(item.what)}” was to be looked at again on {review}.",
            why="What is not looked at again becomes part of the process.",
            who=item.owner
            if situation.present(item.owner)
            else situation.teller(connection, Layer.FUNCTIONAL),
            do="End it, or set a new date.",
            since=review,
        )


def _two_places(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    places = connection.about.nature.logic
    if len(places) > 1:
        yield about(
            connection,
            "rules-in-two-places",
            f"Business rules sit in {listed(outside(place) for place in places)}.",
            why="One is changed and the other forgotten.",
            who=situation.teller(connection, Layer.ARCHITECTURE),
            do="Keep the rules in one place and write down which.",
            weight=FindingWeight.MINOR,
        )


def _not_ranked(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    if connection.criticality is Criticality.UNKNOWN:
        yield about(
            connection,
            "not-ranked",
            "Nobody has said how critical it is.",
            why="In an outage nobody knows what comes first.",
            who=situation.teller(connection, Layer.ARCHITECTURE),
            do="Ask who would notice, and set its criticality.",
        )


RUNNING: tuple[Callable[[Situation, Connection], Iterator[AuditFinding]], ...] = (
    _not_watched,
    _nothing_counted,
    _found_by_people,
    _retirement_overdue,
    _identities,
    _unowned_keys,
    _ended,
    _rotation,
    _docs_missing,
    _docs_stale,
    *CHANGES,
    _contract,
    _sunset,
    _blind_retry,
    _reviews_due,
    _two_places,
    _not_ranked,
)

# Of connections that nobody has to answer for any more.
RETIRED: tuple[Callable[[Situation, Connection], Iterator[AuditFinding]], ...] = (_retired_running,)
