"""What is seen of how a connection is watched, logged in, documented and kept.

What is seen of changes, releases and drills: not approved, not documented, not announced, not
tested, and what a drill brought to light.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.changes.unannounced import AnnouncedBy
from bot.core.estate.catalogue import Connection, Criticality, Identity
from bot.core.estate.description import Monitoring, Risk, Stage, Workaround
from bot.core.estate.history import TRIAL_WORDS, ReleaseTrial
from bot.core.governance.audit import readiness
from bot.core.governance.audit.finding import FindingWeight, LintHit
from bot.core.governance.audit.risk_questions import COUNTING, DOC_PARTS, missing_docs
from bot.core.governance.audit.situation import LOOK_BACK, Situation, listed, signals_ruled
from bot.core.governance.credential_expiry import rotation_due
from bot.language.marks import outside, who
from bot.language.units import say_count


def not_watched(_: Situation, connection: Connection) -> Iterator[LintHit]:
    if connection.about.monitoring is Monitoring.PASSIVE:
        yield LintHit("Somebody has to go and look at it.")
    elif not connection.checks:
        yield LintHit("No check looks at it.")


def nothing_counted(_: Situation, connection: Connection) -> Iterator[LintHit]:
    if connection.checks and not signals_ruled(connection) & COUNTING:
        yield LintHit("Nothing compares how many records leave and arrive.")


def found_by_people(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    found = [one for one in situation.recent_incidents(connection.id) if one.detected_by != "check"]
    if found:
        yield LintHit(
            f"People saw {say_count(len(found), 'break')} before the checks did,"
            f" {found[0].key} last.",
            since=found[0].opened_at.date(),
        )


def retired_running(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    life = connection.about.lifecycle
    # Only a good look proves that it runs; a failing one is what is expected of it.
    if life.stage is Stage.RETIRED and situation.live.verdicts.get(connection.id) == "ok":
        yield LintHit("It is marked retired and still runs.", since=life.until)


def retirement_overdue(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    life = connection.about.lifecycle
    if life.stage is Stage.TO_RETIRE and life.until and life.until <= situation.today:
        yield LintHit(f"It was to be retired by {life.until}.", since=life.until)


def logins(identity: Identity, _: Situation, connection: Connection) -> Iterator[LintHit]:
    names = [outside(one.name) for one in connection.credentials if one.identity is identity]
    if names:
        yield LintHit(f"{listed(names)}: a {identity} login.")


def unowned_keys(_: Situation, connection: Connection) -> Iterator[LintHit]:
    names = [outside(one.name) for one in connection.credentials if one.owner is None]
    if names:
        yield LintHit(f"Nobody renews {listed(names)}.")


def ended(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    past = [
        (one.expires, one)
        for one in connection.credentials
        if one.expires and one.expires <= situation.today
    ]
    if past:
        # One finding for all of them, which begins with the oldest.
        day, first = min(past, key=lambda item: item[0])
        names = listed(outside(one.name) for _, one in past)
        yield LintHit(
            f"{names} ended{', the first' if len(past) > 1 else ''} on {day}, says the register.",
            person=first.owner,
            since=day,
        )


def rotation(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    late = [
        (due, one)
        for one in connection.credentials
        if (due := rotation_due(one)) and due <= situation.today
    ]
    if late:
        due, credential = min(late, key=lambda item: item[0])
        said = f"{outside(credential.name)} was to be renewed by {due}."
        yield LintHit(said, person=credential.owner, since=due)


def docs_missing(_: Situation, connection: Connection) -> Iterator[LintHit]:
    missing = missing_docs(connection)
    if missing:
        nothing = len(missing) == len(DOC_PARTS)
        yield LintHit(
            "Nothing is documented." if nothing else f"Not documented: {listed(missing)}.",
            person=connection.about.roles.updates_docs,
        )


def docs_stale(situation: Situation, connection: Connection) -> Iterator[LintHit]:
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
    yield LintHit(
        f"The documents were last read on {reviewed}, {said}.",
        person=connection.about.roles.updates_docs,
        since=since,
    )


def contract(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    parties = (situation.catalogue.party_of(connection, lane) for lane in connection.lanes)
    # One party may have two lanes, and its contract ends once.
    for known in {party.id: party for party in parties if party}.values():
        if known.valid_until and known.valid_until < situation.today:
            yield LintHit(
                f"The contract with {outside(known.name)} ended on {known.valid_until}.",
                part=known.id,
                since=known.valid_until,
            )


def sunset(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    interface = connection.about.interface
    if interface.sunset and interface.sunset - LOOK_BACK <= situation.today:
        # A move to another version takes weeks; in the last month it is late already.
        near = interface.sunset - situation.today <= timedelta(days=30)
        yield LintHit(
            f"Version {outside(interface.version) or 'in use'} ends on {interface.sunset}.",
            since=interface.sunset - LOOK_BACK,
            weight=FindingWeight.URGENT if near else None,
        )


def blind_retry(_: Situation, connection: Connection) -> Iterator[LintHit]:
    recovery = connection.about.recovery
    if recovery.idempotency == "unsafe" and recovery.retry:
        yield LintHit("Records are sent again although the target books them twice.")


def workaround_due(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    return _review_due(situation, connection.about.workarounds)


def risk_due(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    return _review_due(situation, connection.about.risks)


def _review_due(situation: Situation, register: Iterable[Workaround | Risk]) -> Iterator[LintHit]:
    """The one that has waited longest for another look."""
    dated = [(one.review, one) for one in register if one.review]
    late = [item for item in dated if item[0] <= situation.today]
    if late:
        review, item = min(late, key=lambda pair: pair[0])
        said = f"“{outside(item.what)}” was to be looked at again on {review}."
        yield LintHit(said, person=item.owner, since=review)


def two_places(_: Situation, connection: Connection) -> Iterator[LintHit]:
    places = connection.about.nature.logic
    if len(places) > 1:
        yield LintHit(f"Business rules sit in {listed(outside(place) for place in places)}.")


def not_ranked(_: Situation, connection: Connection) -> Iterator[LintHit]:
    if connection.criticality is Criticality.UNKNOWN:
        yield LintHit("Nobody has said how critical it is.")


def not_ready(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    lacking = readiness.lacking(situation, connection)
    if lacking:
        yield LintHit(
            f"It is going live and lacks {len(lacking)} of {len(readiness.CONDITIONS)}"
            f" conditions: {' '.join(lacking)}",
            since=connection.about.lifecycle.since,
        )


WRITE_WITHIN = timedelta(days=7)  # after a change until its documents are missed
ANSWER_WITHIN = timedelta(days=3)  # until an unanswered question is a finding
TEST_MISSED_FOR = timedelta(days=14)  # a test that was missed matters so long after the release
NAMED = 3  # runbooks named one by one


def unapproved(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    loose = situation.unapproved(connection)
    if loose:
        last = loose[-1]
        key = f" (CHG-{last.number})" if last.number else ""
        yield LintHit(
            f"“{outside(last.what)}”{key} was changed by {who(last.by)} with no approval on"
            " record.",
            since=last.at.date(),
        )


def undocumented(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    for first in situation.changes_of(connection):
        if not first.documented and first.at + WRITE_WITHIN <= situation.now:
            yield LintHit(
                f"“{outside(first.what)}” (CHG-{first.number}) is done and not documented.",
                person=connection.about.roles.updates_docs or first.by,
                since=first.at.date(),
            )
            return


def unannounced(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    """The oldest change that nobody announced: denied by its owners, or not answered."""
    open_ones = situation.unannounced_changes(connection)
    for one in open_ones:
        if one.verdict is AnnouncedBy.NOT_OURS:
            said = f"{who(one.by)} and the other owners say that it was not them."
            since, weight = one.at.date(), FindingWeight.URGENT
            yield LintHit(f"{one.what} {said}", since=since, weight=weight)
            return
    for one in open_ones:
        if one.at + ANSWER_WITHIN <= situation.now:
            said = f"{one.what} Its owners were asked and did not answer."
            yield LintHit(said, person=connection.owners.technical, since=one.at.date())
            return


def untested(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    """A release that is about to come, or came, without a word on its test; or with a problem."""
    # Verdicts are given in the bot; the file alone would say of each release that nobody tested it.
    if not situation.live.watching:
        return
    freeze = situation.catalogue.governance.release_reminders.freeze
    for release in sorted(situation.releases_of(connection), key=lambda one: one.at):
        trial = release.trial_of(connection.id)
        near = release.at - freeze <= situation.now < release.at + TEST_MISSED_FOR
        if not near or (trial and trial.verdict is ReleaseTrial.FINE):
            continue
        system = outside(situation.catalogue.system_name(release.system))
        name = replace(release, version=outside(release.version, 60)).called(system)
        note = f": {outside(trial.note)}" if trial and trial.note else ""
        said = f"{TRIAL_WORDS[trial.verdict]}{note}" if trial else "nobody said how the test went"
        problem = trial is not None and trial.verdict is ReleaseTrial.PROBLEM
        yield LintHit(
            f"Release {name} ({release.at.date()}): {said}.",
            part="problem" if problem else "untested",
            since=(release.at - freeze).date(),
            weight=None if trial else FindingWeight.IMPORTANT,
        )
        return


def stale_runbooks(situation: Situation) -> Iterator[LintHit]:
    found = situation.live.stale_runbooks
    if found:
        names = listed(f"“{outside(one.name, 60)}”" for one in found[:NAMED])
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        known = [one.since for one in found if one.since]
        yield LintHit(
            f"{say_count(len(found), 'runbook')} neither used nor confirmed for"
            f" {situation.catalogue.governance.docs_max_age.days} days: {names}{more}.",
            # Of a runbook that was never used nobody knows since when it is stale.
            since=min(known).date() if len(known) == len(found) else None,
        )


def drill_failed(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    drill = situation.live.drilled.get(connection.id)
    if drill and drill.ended_at and drill.triaged is False:
        lacks = f": {outside(drill.missing, 200)}" if drill.missing else "."
        yield LintHit(
            f"In the last drill a newcomer could not triage it from the dossier{lacks}",
            do=f"Complete the dossier, then /conn drill {connection.id} again.",
            since=drill.ended_at.date(),
        )


def drill_missed(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    drill = situation.live.drilled.get(connection.id)
    if drill and drill.ended_at and drill.acknowledged_at is None:
        yield LintHit("Nobody took the last drill of it.", since=drill.ended_at.date())
