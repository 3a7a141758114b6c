"""Findings about changes and releases: not approved, not documented, not announced, not tested.

Each rule is one function of one connection and one line in the table at the end.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.changes.unannounced import AnnouncedBy
from bot.core.estate.catalogue import Connection
from bot.core.estate.history import TRIAL_WORDS, ReleaseTrial
from bot.core.estate.lane import Layer
from bot.core.governance.audit.finding import AuditFinding, FindingWeight, about, by_criticality
from bot.core.governance.audit.situation import LOOK_BACK, Situation
from bot.language.marks import outside, who

WRITE_WITHIN = timedelta(days=7)  # after a change until its documents are missed
ANSWER_WITHIN = timedelta(days=3)  # until an unanswered question is a finding
TEST_MISSED_FOR = timedelta(days=14)  # a test that was missed matters so long after the release


def _unapproved(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    loose = [
        one
        for one in situation.changes_of(connection)
        if one.unapproved(situation.now) and one.at >= situation.now - LOOK_BACK
    ]
    if loose:
        last = loose[-1]
        key = f" (CHG-{last.number})" if last.number else ""
        yield about(
            connection,
            "unapproved-change",
            f"“{outside(last.what)}”{key} was changed by {who(last.by)} with no approval on"
            " record.",
            why="Changes without approval break what depends on the connection.",
            who=situation.teller(connection, Layer.FUNCTIONAL, Layer.TECHNICAL),
            do="Approve it after the fact, or take it back.",
            since=last.at.date(),
            weight=by_criticality(connection),
        )


def _undocumented(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    late = [
        one
        for one in situation.changes_of(connection)
        if not one.documented and one.at + WRITE_WITHIN <= situation.now
    ]
    if late:
        first = late[0]
        writer = connection.about.roles.updates_docs or first.by
        yield about(
            connection,
            "undocumented-change",
            f"“{outside(first.what)}” (CHG-{first.number}) is done and not documented.",
            why="Whoever works the next incident does not know of it.",
            who=writer if situation.present(writer) else situation.teller(connection),
            do="Press “Documented…” on the change and say where it is written down.",
            since=first.at.date(),
        )


def _unannounced(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    """The oldest change that nobody announced: denied by its owners, or not answered."""
    open_ones = situation.suspicions_of(connection)
    denied = [one for one in open_ones if one.verdict is AnnouncedBy.NOT_OURS]
    silent = [one for one in open_ones if one.at + ANSWER_WITHIN <= situation.now]
    if not (denied or silent):
        return
    known = (denied or silent)[0]
    said = (
        f"{who(known.by)} and the other owners say that it was not them."
        if denied
        else "Its owners were asked and did not answer."
    )
    layer = Layer.ARCHITECTURE if denied else Layer.TECHNICAL
    yield about(
        connection,
        "unauthorised-change",
        f"{known.what} {said}",
        why="Somebody changes it whom nobody can ask.",
        who=situation.teller(connection, layer),
        do="Find out who it was, and record the change.",
        since=known.at.date(),
        weight=FindingWeight.URGENT if denied else by_criticality(connection),
    )


def _untested(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    """A release that is about to come, or came, without a word on its test; or with a problem."""
    if not situation.live.watching:
        return
    freeze = situation.catalogue.governance.release_reminders.freeze
    near = [
        one
        for one in situation.catalogue.releases
        if one.system in connection.systems
        and one.at - freeze <= situation.now < one.at + TEST_MISSED_FOR
    ]
    for release in sorted(near, key=lambda one: one.at):
        trial = release.trial_of(connection.id)
        if trial is not None and trial.verdict is ReleaseTrial.FINE:
            continue
        system = outside(situation.catalogue.system_name(release.system))
        known = replace(release, version=outside(release.version, 60))
        name = f"{known.called(system)} ({release.at.date()})"
        note = f": {outside(trial.note)}" if trial and trial.note else ""
        said = f"{TRIAL_WORDS[trial.verdict]}{note}" if trial else "nobody said how the test went"
        yield about(
            connection,
            "release-problem"
            if trial and trial.verdict is ReleaseTrial.PROBLEM
            else "release-untested",
            f"Release {name}: {said}.",
            why="What a release breaks is cheaper to find in a sandbox.",
            who=situation.teller(connection),
            do="Test it, and press the verdict in the reminder or ask for a later date.",
            since=(release.at - freeze).date(),
            weight=by_criticality(connection) if trial else FindingWeight.IMPORTANT,
        )
        return


CHANGES: tuple[Callable[[Situation, Connection], Iterator[AuditFinding]], ...] = (
    _unapproved,
    _undocumented,
    _unannounced,
    _untested,
)
