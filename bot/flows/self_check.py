"""The auditor: finds incidents that nothing would move, pings nobody got and work that stands
still, mends what can safely be mended, and tells a person once and once more when it is over."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import LIVE, Incident
from bot.core.incidents.self_check import (
    LETTER_WAITS,
    MISSED_LOOKS,
    OVERDUE,
    PING_WAITS,
    Ailment,
    FaultFound,
    FaultKind,
    FaultOver,
    KnownAilment,
    next_turn,
    patience,
    with_turn,
)
from bot.core.outbox.address import ANNOUNCEMENTS, Address, ToPerson, read_address
from bot.core.outbox.letter import WaitingPing
from bot.core.outbox.notice import incident_of
from bot.core.people.next_in_line import estate_owners
from bot.flows.looks import all_checks
from bot.flows.outbox import fallback
from bot.flows.people.presence import readers_for
from bot.flows.work import Work
from bot.language.marks import outside, when, who
from bot.language.units import say_count

_NAMED = 3
_PATIENCE = {FaultKind.OVERDUE: OVERDUE, FaultKind.PING: PING_WAITS, FaultKind.OUTBOX: LETTER_WAITS}


def tick(
    work: Work, late: Collection[str] | None = None, jumped_at: datetime | None = None
) -> tuple[Ailment, ...]:
    """Look, mend and tell; returns what is wrong at this moment. `late` as for `look`. Nothing
    waits for longer than since `jumped_at`, when the clock jumped, unless it was known before."""
    found = look(work, late)
    for ailment in found:
        if ailment.kind is FaultKind.NO_DEADLINE:
            _set_going(work, ailment)
    known = {one.ailment.key: one for one in work.tx.ailments()}
    # What looks long overdue right after a jump may only have a wrong date. What was known before
    # the jump was left undone by the right clock too.
    since = timedelta.max if jumped_at is None else work.now - jumped_at
    found = tuple(
        one for one in found if one.key in known or since >= _PATIENCE.get(one.kind, timedelta(0))
    )
    for ailment in found:
        # Findings are on record, so a restart tells nobody of them a second time.
        if ailment.key not in known:
            told = _tell(work, ailment)
            work.tx.save_ailment(KnownAilment(ailment=ailment, since=work.now, told=told))
    present = {ailment.key for ailment in found}
    for key, one in known.items():
        if key not in present:
            _over(work, one)
            work.tx.drop_ailment(key)
    return found


def look(work: Work, late: Collection[str] | None = None) -> tuple[Ailment, ...]:
    """Everything that is wrong; changes nothing. `late` are the checks that were not looked at for
    too long, by a clock that never jumps; without it the record is asked."""
    if late is None:
        # Whoever asks from another process, as `firstlane doctor` does, has no steady clock to ask.
        late = not_looked_at(work)
    found = [
        *(
            item
            for one in work.tx.incidents(LIVE)
            for item in _incident(work.catalogue, one, work.now)
        ),
        *_pings(work),
        *_outbox(work),
        *_runner(late),
    ]
    return tuple(found)


def _incident(catalogue: Catalogue, incident: Incident, now: datetime) -> Iterator[Ailment]:
    turn = next_turn(incident)
    keeper = _keeper(catalogue, incident)
    if turn is None:
        yield Ailment(
            key=f"{FaultKind.NO_DEADLINE}/{incident.id}",
            kind=FaultKind.NO_DEADLINE,
            words=f"{incident.key} ({incident.state}) had no next deadline: nothing would have"
            " happened by itself.",
            mended="It goes on now.",
            keeper=keeper,
        )
    elif turn <= now - OVERDUE:
        yield Ailment(
            key=f"{FaultKind.OVERDUE}/{incident.id}",
            kind=FaultKind.OVERDUE,
            words=f"{incident.key} was due {when(turn)} and nothing happened; the log says why.",
            keeper=keeper,
        )


def _keeper(catalogue: Catalogue, incident: Incident) -> str | None:
    connection = lead_of(catalogue, incident)
    return connection.owners.architecture if connection else None


def _pings(work: Work) -> Iterator[Ailment]:
    """One for each cause and each keeper whom it concerns, however many pings it holds up."""
    held: dict[tuple[str, str | None], list[WaitingPing]] = {}
    for one in work.tx.waiting_pings(work.now - PING_WAITS):
        number = incident_of(one.letter.subject)
        incident = work.tx.incident(number) if number is not None else None
        keeper = _keeper(work.catalogue, incident) if incident else None
        # By cause: a Slack that is down holds up many pings, and is told once.
        held.setdefault((_cause(one), keeper), []).append(one)
    for (cause, keeper), those in held.items():
        yield Ailment(
            key=f"{FaultKind.PING}/{cause}/{keeper or ''}",
            kind=FaultKind.PING,
            words=_held(work, those),
            keeper=keeper,
        )


def _cause(one: WaitingPing) -> str:
    """Whose matter it is that it waits. What fails is worded otherwise from try to try."""
    if one.put_off:
        return "put off"
    return "trouble" if one.error else "waits"


def _held(work: Work, those: Sequence[WaitingPing]) -> str:
    letter = those[0].letter
    number = incident_of(letter.subject)
    incident = work.tx.incident(number) if number is not None else None
    why = f": {fallback.why_waiting(those[0])}" if those[0].error else ""
    more = len(those) - 1
    others = f"; so {'does' if more == 1 else 'do'} {say_count(more, 'other')}" if more else ""
    person = who(letter.person)
    return (
        f"The ping of {person} for {incident.key if incident else letter.subject}"
        f" waits since {when(letter.created_at)}{why}{others}."
    )


def _outbox(work: Work) -> Iterator[Ailment]:
    waiting = work.tx.waiting_since(work.now - LETTER_WAITS)
    if waiting is not None:
        count, since = waiting
        yield Ailment(
            key=FaultKind.OUTBOX.value,
            kind=FaultKind.OUTBOX,
            words=f"{say_count(count, 'message')} {'waits' if count == 1 else 'wait'} to be sent,"
            f" the oldest since {when(since)}.",
        )


def not_looked_at(work: Work) -> tuple[str, ...]:
    """The checks without a look for several intervals, by the record."""
    specs = {spec.key: spec for spec in all_checks(work.catalogue)}
    return tuple(
        check.check
        for check in work.tx.all_check_health()
        if (spec := specs.get(check.check))
        and (check.checked_at or check.known_since) + patience(spec) <= work.now
    )


def _runner(late: Collection[str]) -> Iterator[Ailment]:
    if late:
        names = ", ".join(sorted(late)[:_NAMED])
        more = f" and {len(late) - _NAMED} more" if len(late) > _NAMED else ""
        yield Ailment(
            key=FaultKind.RUNNER.value,
            kind=FaultKind.RUNNER,
            words=f"Not looked at for {MISSED_LOOKS} intervals: {outside(names)}{more}.",
        )


def _set_going(work: Work, ailment: Ailment) -> None:
    incident = work.tx.incident(int(ailment.key.rpartition("/")[2]))
    if incident is None or next_turn(incident) is not None:
        return
    going = with_turn(incident, work.now)
    work.tx.save_incident(going)
    work.log(going, "auditor", f"{ailment.words} {ailment.mended}")
    work.show(going)


def _tell(work: Work, ailment: Ailment) -> tuple[str, ...]:
    told: Iterable[str] = (ailment.keeper,) if ailment.keeper else estate_owners(work.catalogue)
    to: list[Address] = [ToPerson(person) for person in readers_for(work, told)]
    if work.catalogue.announce_channel:
        to.append(ANNOUNCEMENTS)
    found = FaultFound(words=ailment.words, mended=ailment.mended, since=work.now)
    for one in to:
        work.tell(one, found, about=f"auditor:{ailment.key}")
    return tuple(map(str, to))


def _over(work: Work, known: KnownAilment) -> None:
    """Said to whoever heard of it; what was mended at once has had its last word."""
    if known.ailment.mended:
        return
    over = FaultOver(words=known.ailment.words, since=known.since)
    for one in known.told:
        work.tell(read_address(one), over, about=f"auditor:{known.ailment.key}")
