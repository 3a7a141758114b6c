"""The evidence that the bot fills in by itself: facts as sentences with a tone.

Every sentence names a fact and a time. For connections with finance, HR or personal data it
shows ids, counts and what a known error means, and never a text that came with a record.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from bot.core.estate.catalogue import Catalogue, Credential, Identity
from bot.core.estate.history import TRIAL_WORDS, Release
from bot.core.monitoring.flapping import WORDS, Witness
from bot.core.monitoring.signals import FailedRecords, Signal, SignalValue
from bot.core.runbooks.runbook import EvidenceKind
from bot.core.triage.credential_register import doubt_of, words_of
from bot.core.triage.error_class import CONFIGURED, main_class
from bot.core.triage.facts import (
    COMES_AND_GOES,
    LOOK_BACK,
    Facts,
    LaneFactKind,
    Neighbour,
    payloads_hidden,
)
from bot.core.triage.lane_rules import still_worked
from bot.core.triage.playbook import Hit
from bot.language.marks import last_read, outside, when, who
from bot.language.units import say_count, say_duration

SHOWN_TEXTS = 5  # different error texts that are listed one by one
SHOWN_IDS = 3
SLOW_MS = 2000  # an answer that took longer is slow
EXPIRES_SOON = timedelta(days=7)
EXPIRES_THIS_MONTH = timedelta(days=30)


class Tone(StrEnum):
    """Whether a fact speaks for trouble here, against it, or neither."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """`text` carries the marks of `bot.language.marks`."""

    kind: EvidenceKind
    tone: Tone
    text: str


Said = tuple[Tone, str]


def lines(
    facts: Facts, catalogue: Catalogue, kinds: Iterable[str], now: datetime
) -> tuple[EvidenceLine, ...]:
    """The evidence of these kinds, in their order. Every kind yields at least one line; when
    nothing is known the line says so. Raises ValueError for an unknown kind."""
    return tuple(
        EvidenceLine(kind=kind, tone=tone, text=text)
        for kind in map(EvidenceKind, kinds)
        for tone, text in _SAID_BY[kind](facts, catalogue, now)
    )


def _where_stopped(facts: Facts, catalogue: Catalogue, now: datetime) -> Iterator[Said]:
    good, waiting = facts.last_success, _waiting(facts)
    # Without any success on record nothing says that it works.
    late = good is None or _late(facts, now - good)
    last = "No good sync is on record"
    if facts.last_good:
        first = facts.last_good[0]
        last = f"{_capital(WORDS[first.witness])} {when(first.at)}"
    yield Tone.BAD if late else Tone.GOOD, f"{last}{f'; {waiting}' if waiting else ''}."
    yield from _other_witnesses(facts)
    tried, running = facts.moment(Signal.LAST_ATTEMPT), facts.moment(Signal.RUNNING_SINCE)
    if tried is not None and tried != good:
        yield Tone.NEUTRAL, f"Last attempt of any outcome {when(tried)}."
    if running is not None:
        yield Tone.NEUTRAL, f"A run that began {when(running)} has not ended."
    # Only a clear no: most systems do not say whether they are switched on.
    if facts.signals.get(Signal.ENABLED) is False:
        yield Tone.BAD, "Its schedule, recipe or webhook is switched off."
    failed = facts.number(Signal.FAILED)
    if failed:
        yield Tone.BAD, f"{say_count(int(failed), 'record')} {_stand(int(failed))} in error."


def _other_witnesses(facts: Facts) -> Iterator[Said]:
    """Each by its own name: that a job pings says nothing about the records."""
    for one in facts.last_good[1:]:
        yield Tone.NEUTRAL, f"{_capital(WORDS[one.witness])} {when(one.at)}."
    beat = facts.moment(Signal.HEARTBEAT)
    if beat is not None and all(one.witness is not Witness.JOB for one in facts.last_good):
        yield Tone.NEUTRAL, f"Last sign of life {when(beat)}."


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _waiting(facts: Facts) -> str:
    depth, oldest = facts.number(Signal.QUEUE_DEPTH), facts.moment(Signal.QUEUE_OLDEST)
    if depth is None:
        return ""
    if depth < 1:
        return "nothing is waiting"
    entities = facts.connection.entities
    # Only then can the noun be told in the singular, and only of one kind of record.
    plain = len(entities) == 1 and entities[0].endswith("s")
    noun = outside(entities[0][:-1], 30) if plain else "record"
    age = f", the oldest since {when(oldest)}" if oldest else ""
    said = f"{say_count(int(depth), noun)} waiting{age}"
    unread = facts.unread
    return last_read(said, unread[Signal.QUEUE_DEPTH]) if Signal.QUEUE_DEPTH in unread else said


def _late(facts: Facts, age: timedelta) -> bool:
    """Whether the newest success says that it stands still. One from before the break is no good
    news, however short ago."""
    tolerance = facts.connection.tolerance
    stopped = facts.failing_since is not None and not facts.some_pass
    return stopped or (age > tolerance if tolerance else False)


def _health_credentials(facts: Facts, catalogue: Catalogue, now: datetime) -> Iterator[Said]:
    yield from _answers(facts)
    for error in facts.check_errors:
        told = _told(error, facts.best_hits.get(error), hidden=payloads_hidden(facts.connection))
        yield Tone.BAD, f"The check was told: {told}."
    for credential in facts.connection.credentials:
        yield _credential(credential, facts, now)
    ends = facts.moment(Signal.EXPIRES_AT)
    if ends is not None:
        verb = "ended" if ends <= now else "ends"
        words = f"A credential or certificate that the check saw {verb} {when(ends)}."
        yield _expiry_tone(ends - now), words
    if not facts.connection.credentials and ends is None:
        yield Tone.NEUTRAL, "No credential is recorded for this connection."


def _answers(facts: Facts) -> Iterator[Said]:
    reachable, late = facts.signals.get(Signal.REACHABLE), slow(facts.signals.get(Signal.LATENCY))
    if reachable is False:
        yield Tone.BAD, "The watched system does not answer."
    elif reachable is True:
        pace = f", but only after {late} s" if late else ""
        yield Tone.GOOD, f"The watched system answers{pace}."
    status = facts.signals.get(Signal.STATUS)
    if isinstance(status, str) and status:
        yield Tone.NEUTRAL, f"Its own status says “{outside(status, 60)}”."
    for page in facts.pages:
        # The host alone: a page's path may hold a customer's id.
        where = outside(page.address.split("//")[-1].split("/")[0], 80)
        yield Tone.NEUTRAL, f"The status page {where} says “{outside(page.status, 60)}”."


def slow(latency: SignalValue | None) -> int:
    """The seconds that an answer took; 0 for one that was not slow."""
    if not isinstance(latency, int | float) or latency < SLOW_MS:
        return 0
    return round(latency / 1000)


def _credential(credential: Credential, facts: Facts, now: datetime) -> Said:
    kind = f"{credential.kind} " if credential.kind else "Credential "
    name = outside(f"{kind[0].upper()}{kind[1:]}'{credential.name}'", 120)
    owner = f"owner {who(credential.owner)}"
    if credential.identity in (Identity.PERSONAL, Identity.SHARED):
        owner += f"; it is a {credential.identity} login"
    if credential.renewed:
        owner += f"; {credential.renewed.words()}"
    if credential.expires is None:
        # A person's login ends with the person, and no date says when.
        personal = credential.identity is Identity.PERSONAL
        return Tone.BAD if personal else Tone.NEUTRAL, f"{name} has no end date, {owner}."
    doubt = doubt_of(credential, facts, now)
    if doubt is not None:
        said = words_of(doubt, name[0].lower() + name[1:], credential.expires, facts)
        return Tone.BAD, f"{said}; {owner}."
    ends = datetime.combine(credential.expires, time(), tzinfo=UTC)
    left = credential.expires - now.astimezone(UTC).date()
    if left < timedelta():
        return Tone.BAD, f"{name} expired {when(ends)}, {owner}."
    return _expiry_tone(left), f"{name} expires {when(ends)} ({_in_days(left)}), {owner}."


# A shape and a remark blame nobody; a reader has to judge them.
_OBSERVED_TONE: Mapping[LaneFactKind, Tone] = {
    LaneFactKind.VERSION: Tone.BAD,
    LaneFactKind.RENEWAL: Tone.BAD,
    LaneFactKind.SHAPE: Tone.NEUTRAL,
    LaneFactKind.NOTE: Tone.NEUTRAL,
}


def _expiry_tone(left: timedelta) -> Tone:
    if left <= EXPIRES_SOON:
        return Tone.BAD
    return Tone.NEUTRAL if left <= EXPIRES_THIS_MONTH else Tone.GOOD


def _changes_releases(facts: Facts, catalogue: Catalogue, now: datetime) -> Iterator[Said]:
    until = facts.failing_since or now
    before = "before the break" if facts.failing_since else "ago"
    found = sorted(_news(facts, catalogue), reverse=True)
    for at, what, tone in found:
        worked = still_worked(facts, at)
        shown = tone if facts.came_before(at) and not worked else Tone.NEUTRAL
        yield shown, f"{when(at)}, {_span(until, at, before)}: {what}{worked}."
    if not found:
        days = LOOK_BACK.days
        yield Tone.NEUTRAL, f"No change or release is recorded in the {days} days before."


def _span(until: datetime, at: datetime, before: str) -> str:
    """What was seen a look after the first failure did not come before it."""
    if at > until:
        return f"seen {say_duration(at - until)} after the break began"
    return f"{say_duration(until - at)} {before}"


def _news(facts: Facts, catalogue: Catalogue) -> Iterator[tuple[datetime, str, Tone]]:
    for change in facts.changes:
        yield change.at, _change(change.what, change.by, change.approved_by), Tone.BAD
    for release in facts.releases:
        system = outside(catalogue.system_name(release.system), 60)
        summary = f": {outside(release.summary, 120)}" if release.summary else ""
        known = replace(release, version=outside(release.version, 40))
        said = f"{known.called(system, 'release')}{summary}{_trial(release, facts)}"
        yield release.at, said, Tone.BAD
    for seen in facts.observed:
        yield seen.at, f"noted by our monitoring: {seen.words}", _OBSERVED_TONE[seen.kind]


def _trial(release: Release, facts: Facts) -> str:
    """What the sandbox test for this connection gave, where somebody said so."""
    trial = release.trial_of(facts.connection.id)
    if trial is None:
        return ""
    note = f": {outside(trial.note, 120)}" if trial.note else ""
    return f" ({TRIAL_WORDS[trial.verdict]}{note}, says {who(trial.by)})"


def _change(what: str, by: str | None, approved_by: str | None) -> str:
    approval = f"approved by {who(approved_by)}" if approved_by else "nobody approved it"
    return f"“{outside(what, 120)}” by {who(by)}, {approval}"


def _error_types(facts: Facts, catalogue: Catalogue, now: datetime) -> Iterator[Said]:
    groups = sorted(facts.failed, key=lambda group: -group.count)
    if not groups:
        yield Tone.NEUTRAL, "No failed record was reported with an error text."
        return
    hidden = payloads_hidden(facts.connection)
    total = sum(group.count for group in groups)
    # What the known error itself says of data or set-up goes before how it is spread.
    told = main_class(facts) not in CONFIGURED
    if len(groups) > 1:
        spread = f"{say_count(total, 'failed record')} with {len(groups)} different texts"
        meant = "" if told else ": single records differ, which speaks for data"
        yield Tone.NEUTRAL, f"{spread}{meant}."
    elif total > 1:
        spread = f"All {say_count(total, 'failed record')} carry the same text"
        meant = "" if told or facts.some_pass else ", which speaks for configuration"
        yield Tone.NEUTRAL, f"{spread}{meant}."
    for group in groups[:SHOWN_TEXTS]:
        yield Tone.BAD, _group(group, facts.best_hits, hidden=hidden)
    if len(groups) > SHOWN_TEXTS:
        rest = sum(group.count for group in groups[SHOWN_TEXTS:])
        more = say_count(len(groups) - SHOWN_TEXTS, "more text")
        yield Tone.NEUTRAL, f"{more} on {say_count(rest, 'record')}."


def _group(group: FailedRecords, hits: Mapping[str, Hit], *, hidden: bool) -> str:
    told = _told(group.text, hits.get(group.text), hidden=hidden)
    parts = [f"{say_count(group.count, 'record')}: {told}"]
    if group.oldest_at is not None:
        parts.append(f"oldest since {when(group.oldest_at)}")
    if group.amount is not None and not hidden:
        parts.append(f"worth {group.amount:,.2f} {outside(group.currency, 8)}".rstrip())
    if group.sample_ids:
        shown = ", ".join(outside(item, 40) for item in group.sample_ids[:SHOWN_IDS])
        parts.append(f"for example {shown}")
    return "; ".join(parts) + "."


def _told(text: str, hit: Hit | None, *, hidden: bool) -> str:
    meaning = f"{hit.entry.error_class.words}: {hit.entry.meaning.rstrip('.')}" if hit else ""
    if hidden:
        return meaning or "a text that no playbook entry knows; it is not shown, to protect data"
    return f"“{outside(text, 200)}” ({meaning or 'no playbook entry knows it'})"


def _neighbours(facts: Facts, catalogue: Catalogue, now: datetime) -> Iterator[Said]:
    if not facts.neighbours:
        yield Tone.NEUTRAL, "No other connection shares a system, credential or vendor with it."
        return
    shared: dict[str, list[Neighbour]] = {}
    for neighbour in facts.neighbours:
        shared.setdefault(neighbour.shares, []).append(neighbour)
    for shares, members in shared.items():
        broken = [member for member in members if member.broken]
        total = say_count(len(members), "other connection")
        on = f"of {total} sharing {outside(shares, 80)}"
        if broken:
            names = ", ".join(outside(member.name, 60) for member in broken[:SHOWN_TEXTS])
            verb = "is" if len(broken) == 1 else "are"
            yield Tone.BAD, f"{len(broken)} {on} {verb} in trouble too: {names}."
        else:
            rest = _no_witnesses(members)
            yield Tone.NEUTRAL if rest else Tone.GOOD, f"None {on} is in trouble{rest}."


def _no_witnesses(members: Sequence[Neighbour]) -> str:
    """How many are neither broken nor well, and why."""
    suppressed = sum(one.suppressed and not one.fine for one in members)
    degraded = sum(one.verdict == "degraded" and not one.suppressed for one in members)
    turning = sum(one.verdict == COMES_AND_GOES and not one.suppressed for one in members)
    blind = sum(not one.fine for one in members) - suppressed - degraded - turning
    told = (
        (turning, "coming and going"),
        (degraded, "degraded"),
        (suppressed, "in maintenance or paused"),
        (blind, "could not be looked at"),
    )
    said = ", ".join(f"{count} {why}" for count, why in told if count)
    return f" (of them {said})" if said else ""


def _in_days(left: timedelta) -> str:
    return "today" if not left.days else f"in {left.days} d"


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"


_SAID_BY: Mapping[EvidenceKind, Callable[[Facts, Catalogue, datetime], Iterator[Said]]] = {
    EvidenceKind.WHERE_STOPPED: _where_stopped,
    EvidenceKind.HEALTH_CREDENTIALS: _health_credentials,
    EvidenceKind.CHANGES_RELEASES: _changes_releases,
    EvidenceKind.ERROR_TYPES: _error_types,
    EvidenceKind.NEIGHBOURS: _neighbours,
}
