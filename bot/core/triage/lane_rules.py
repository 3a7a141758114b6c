"""The rules that argue for a lane, by stable id, and how often people found each one wrong.

Rule of this file: what is counted here is shown to people and changes no weight by itself.

One piece of evidence in points. A minus comes without words, since people are told what
speaks *for* a lane.

What happened before the break: changes, releases and what we observed, the nearest first.

Of several that could be the cause the nearest is: records ran well after each of the others. What
was followed by a success on record did not break it there and then: a release drops out, and what
one of us did soon becomes a hint, with the time until which it still worked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import Lane, Layer
from bot.core.triage.facts import Facts, LaneFactKind
from bot.core.triage.party_lanes import maker_lane, person_lane, system_lane
from bot.core.triage.playbook import ErrorClass
from bot.language.marks import outside, when, who
from bot.language.units import say_duration

RuleId = str

# Kept with incidents and counted over them: an id is never given to another rule.
CREDENTIAL: RuleId = "credential-expired"
STATUS_PAGE: RuleId = "status-page"
SWITCHED_OFF: RuleId = "switched-off"
SILENT_BRIDGE: RuleId = "silent-bridge"
NETWORK: RuleId = "several-systems"
OTHER_MAKERS: RuleId = "others-on-system"
QUOTA: RuleId = "shared-quota"
ALONE: RuleId = "only-this-one"
SAME_CREDENTIAL: RuleId = "same-credential"
SAME_VENDOR: RuleId = "same-vendor"
MAKER_RELEASE: RuleId = "maker-release"
RELEASE: RuleId = "release"
CHANGE: RuleId = "change"
ONE_TEXT: RuleId = "one-text"
MANY_TEXTS: RuleId = "many-texts"
OWNER_LEFT: RuleId = "owner-left"
AWAITED: RuleId = "file-awaited"
OTHERS_RUN: RuleId = "others-pass"
RENEWAL: RuleId = "renewal"
PLATFORM: RuleId = "whole-platform"
ELSEWHERE: RuleId = "others-elsewhere"
REGISTER: RuleId = "register-doubted"

WORDS: Mapping[RuleId, str] = {
    CREDENTIAL: "a credential is past its date",
    STATUS_PAGE: "the system's status page is red",
    SWITCHED_OFF: "the schedule or recipe is switched off",
    SILENT_BRIDGE: "the bridge gives no sign of life",
    NETWORK: "connections to several systems fail at once",
    OTHER_MAKERS: "connections by other makers on the same system fail too",
    QUOTA: "connections that share a quota are throttled together",
    ALONE: "only this connection on the system fails",
    SAME_CREDENTIAL: "connections with the same credential fail too",
    SAME_VENDOR: "connections by the same vendor fail too",
    MAKER_RELEASE: "the connector's maker released shortly before",
    RELEASE: "a system at one end was updated shortly before",
    CHANGE: "somebody changed the connection",
    ONE_TEXT: "all failed records carry one text",
    MANY_TEXTS: "the failed records carry many texts",
    OWNER_LEFT: "a refused login belongs to somebody who left",
    AWAITED: "a party's server answers, and what they owe has not come",
    OTHERS_RUN: "other records pass",
    RENEWAL: "a credential was renewed shortly before",
    PLATFORM: "flows to different systems on one platform fail",
    ELSEWHERE: "connections at one end fail while others there work",
    REGISTER: "the register of credentials says otherwise than the error",
}

_ENTRY = "playbook:"
ENOUGH = 4  # judgements, before a rule is called doubtful


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One rule argued for one lane."""

    rule: RuleId
    lane: Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVotes:
    """How a rule fared: in `judged` incidents a person named the lane, in `wrong` of them it had
    argued for other lanes only."""

    rule: RuleId
    judged: int
    wrong: int

    @property
    def doubtful(self) -> bool:
        return self.judged >= ENOUGH and self.wrong * 2 > self.judged

    @property
    def words(self) -> str:
        """`wrong 4 of 9 times`."""
        times = "time" if self.judged == 1 else "times"
        return f"wrong {self.wrong} of {self.judged} {times}"


def of_entry(entry: str) -> RuleId:
    """The rule that a playbook entry is, when it fits an error text."""
    return f"{_ENTRY}{entry}"


def words_of(rule: RuleId) -> str:
    """What the rule goes by, in words; its id for one that this version no longer has."""
    if rule.startswith(_ENTRY):
        return f"the error text fits the playbook entry {rule.removeprefix(_ENTRY)}"
    return WORDS.get(rule, rule)


def judged(votes: Iterable[Vote], lane: Lane) -> Mapping[RuleId, bool]:
    """Whether each rule was right, now that a person says `lane`. A rule that argued for several
    lanes is right when one of them was."""
    found: dict[RuleId, bool] = {}
    for vote in votes:
        found[vote.rule] = found.get(vote.rule, False) or vote.lane is lane
    return found


def doubts(
    votes: Iterable[Vote], lane: Lane | None, rule_votes: Iterable[RuleVotes]
) -> tuple[str, ...]:
    """A sentence for each doubtful rule that argues for `lane`; empty when there is none."""
    arguing = {vote.rule for vote in votes if vote.lane is lane}
    return tuple(
        f"The rule “{words_of(votes.rule)}” was {votes.words}."
        for votes in rule_votes
        if votes.rule in arguing and votes.doubtful
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePoints:
    """Points that one piece of evidence gives to a lane. `rule` is the stable id under which
    people's corrections are counted; see `lane_rules`."""

    rule: str
    lane: Lane
    points: int
    words: str = ""
    layer: Layer = Layer.TECHNICAL


FRESH = timedelta(hours=72)  # a release or change this close before the break is a suspect
OUTSHONE = timedelta(hours=12)  # so much before the nearest suspect, with good runs between
# What one of us changes, and an allowance that was cut, may show only with the next record of its
# kind, or once the day's calls are used up: so long a success afterwards does not clear them.
BITES_LATE = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspect:
    at: datetime
    evidence: tuple[LanePoints, ...]
    lingers: bool = False  # still worth a hint after days
    cleared: bool = False  # it still worked long enough afterwards


def of_changes(
    facts: Facts,
    connection: Connection,
    catalogue: Catalogue,
    kind: ErrorClass | None,
    *,
    releases: bool,
    now: datetime,
) -> Iterator[LanePoints]:
    """Without `releases` only what people changed and renewed counts: no release brings about
    what the main error says."""
    start = (facts.failing_since or now) - FRESH
    found = [*_changes(facts, connection, catalogue), *_renewals(facts)]
    # While some records pass, these records differ and no update is the cause.
    if releases and not facts.some_pass:
        found += _releases(facts, connection, catalogue, kind)
    fresh = [item for item in found if item.at >= start]
    nearest = max((item.at for item in fresh), default=start)
    for item in found:
        near = item.at >= start and nearest - item.at <= OUTSHONE and not item.cleared
        for piece in item.evidence:
            if near:
                yield piece
            elif item.at >= start or item.lingers:
                yield replace(piece, points=1)


def latest_act(
    facts: Facts, connection: Connection, catalogue: Catalogue, kind: ErrorClass | None
) -> Lane | None:
    """Whose act was the last before the break, where the error itself blames nobody: set-up that
    does not fit follows who changed it, throttling follows who sets the allowance. None when
    nothing fresh is known, or when the last act was an update that the maker had to follow."""
    if facts.failing_since is None:
        return None
    start = facts.failing_since - FRESH
    made = max(
        (one for one in facts.changes if one.at >= start and not _cleared(facts, one.at)),
        key=_at,
        default=None,
    )
    came = max(
        (one for one in facts.releases if one.at >= start and _suspected(facts, one.at, kind)),
        key=_at,
        default=None,
    )
    # A release that came much later was preceded by good runs after what we changed.
    if made is not None and (came is None or came.at - made.at <= OUTSHONE):
        return person_lane(made.by, connection, catalogue)
    if kind is ErrorClass.RATE_LIMIT and came is not None and came.system in connection.systems:
        return system_lane(came.system, connection, catalogue)
    return None


def _at(item: Change | Release) -> datetime:
    return item.at


def outlived(facts: Facts, at: datetime) -> datetime | None:
    """The last success between `at` and the break. None where only some records fail: that others
    pass says nothing about those."""
    return None if facts.some_pass else facts.good_after(at)


def still_worked(facts: Facts, at: datetime) -> str:
    """`; it still worked until …`, where a success between `at` and the break is on record."""
    good = outlived(facts, at)
    return f"; it still worked until {when(good)}" if good else ""


def _cleared(facts: Facts, at: datetime) -> bool:
    good = outlived(facts, at)
    return good is not None and good - at > BITES_LATE


def _suspected(facts: Facts, at: datetime, kind: ErrorClass | None) -> bool:
    """Whether an update at `at` may still be the cause. An allowance that it cut is felt only once
    it is used up."""
    late = kind is ErrorClass.RATE_LIMIT and not _cleared(facts, at)
    return outlived(facts, at) is None or late


def _changes(facts: Facts, connection: Connection, catalogue: Catalogue) -> Iterator[_Suspect]:
    for change in facts.changes:
        lane = person_lane(change.by, connection, catalogue)
        words = f"{who(change.by)} changed “{outside(change.what, 80)}” at {when(change.at)}"
        words += f"{still_worked(facts, change.at)}."
        yield _Suspect(
            at=change.at,
            evidence=(LanePoints(rule=CHANGE, lane=lane, points=3, words=words),),
            lingers=True,
            cleared=_cleared(facts, change.at),
        )


def _renewals(facts: Facts) -> Iterator[_Suspect]:
    """A renewal is our own act: a new secret that was not entered everywhere breaks a connection
    like an old one."""
    for seen in facts.observed:
        if seen.kind is LaneFactKind.RENEWAL and facts.came_before(seen.at):
            words = f"{seen.words} at {when(seen.at)}{still_worked(facts, seen.at)}."
            piece = LanePoints(rule=RENEWAL, lane=Lane.IT, points=3, words=words)
            yield _Suspect(at=seen.at, evidence=(piece,), cleared=_cleared(facts, seen.at))


def _releases(
    facts: Facts, connection: Connection, catalogue: Catalogue, kind: ErrorClass | None
) -> Iterator[_Suspect]:
    maker = maker_lane(connection)
    for release in facts.releases:
        if not _suspected(facts, release.at, kind):
            continue
        came = f"{_came(release, catalogue)}{_before(facts, release.at)}"
        if release.system not in connection.systems:
            words = f"The connector's maker released {came}."
            piece = LanePoints(rule=MAKER_RELEASE, lane=maker, points=3, words=words)
            yield _Suspect(at=release.at, evidence=(piece,))
            continue
        yield _Suspect(at=release.at, evidence=_of_update(facts, came, maker, kind))
    for seen in facts.observed:
        known = seen.kind is LaneFactKind.VERSION and facts.came_before(seen.at)
        if known and _suspected(facts, seen.at, kind):
            came = f"{seen.words} at {when(seen.at)}{_before(facts, seen.at)}"
            yield _Suspect(at=seen.at, evidence=_of_update(facts, came, maker, kind))


def _before(facts: Facts, at: datetime) -> str:
    """How long before the break; what we see ourselves we may see a look later than the break."""
    since = facts.failing_since
    span = f", {say_duration(since - at)} before the break" if since and at <= since else ""
    return span + still_worked(facts, at)


def _of_update(
    facts: Facts, words: str, maker: Lane, kind: ErrorClass | None
) -> tuple[LanePoints, ...]:
    """The points that an update gives which may still be the cause."""
    if kind is ErrorClass.RATE_LIMIT:
        said = f"{words}: ask whether the allowance was cut."
        return (LanePoints(rule=RELEASE, lane=Lane.PUBLISHER, points=3, words=said),)
    since = ", and nothing has worked since" if facts.last_success else ""
    said = f"{words}{since}."
    # Alike: the publisher changed something, and the maker had to follow. Nobody knows who missed
    # it.
    both = dict.fromkeys((Lane.PUBLISHER, maker))
    return tuple(LanePoints(rule=RELEASE, lane=lane, points=2, words=said) for lane in both)


def _came(release: Release, catalogue: Catalogue) -> str:
    known = replace(release, version=outside(release.version, 40))
    name = known.called(outside(catalogue.system_name(release.system), 60))
    return f"{name} came at {when(release.at)}"
