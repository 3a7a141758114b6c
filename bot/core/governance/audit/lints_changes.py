"""What is seen of changes, releases and drills: not approved, not documented, not announced, not
tested, and what a drill brought to light."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.changes.unannounced import AnnouncedBy
from bot.core.estate.catalogue import Connection
from bot.core.estate.history import TRIAL_WORDS, ReleaseTrial
from bot.core.governance.audit.finding import FindingWeight, LintHit
from bot.core.governance.audit.situation import Situation, listed
from bot.language.marks import outside, who
from bot.language.units import say_count

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
