"""The self check: finds incidents that nothing would move, pings nobody got and work that stands
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
    Fault,
    FaultFound,
    FaultKind,
    FaultOver,
    KnownFault,
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
) -> tuple[Fault, ...]:
    """Look, mend and tell; returns what is wrong at this moment. `late` as for `look`. Nothing
    waits for longer than since `jumped_at`, when the clock jumped, unless it was known before."""
    found = look(work, late)
    for fault in found:
        if fault.kind is FaultKind.NO_DEADLINE:
            # Mended before anybody is told, so that the letter can say so.
            _set_going(work, fault)
    known = {one.ailment.key: one for one in work.tx.faults()}
    since = timedelta.max if jumped_at is None else work.now - jumped_at
    found = tuple(
        one for one in found if one.key in known or since >= _PATIENCE.get(one.kind, timedelta(0))
    )
    for fault in found:
        if fault.key not in known:
            told = _tell(work, fault)
            work.tx.save_fault(KnownFault(ailment=fault, since=work.now, told=told))
    present = {fault.key for fault in found}
    # Also when it went away by itself: whoever was alarmed has to hear the end of it.
    for key, one in known.items():
        if key not in present:
            _over(work, one)
            work.tx.drop_fault(key)
    return found


def look(work: Work, late: Collection[str] | None = None) -> tuple[Fault, ...]:
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


def _incident(catalogue: Catalogue, incident: Incident, now: datetime) -> Iterator[Fault]:
    turn = next_turn(incident)
    accountable = _accountable(catalogue, incident)
    # The worst of all: no deadline means that nothing ever happens again by itself.
    if turn is None:
        yield Fault(
            key=f"{FaultKind.NO_DEADLINE}/{incident.id}",
            kind=FaultKind.NO_DEADLINE,
            words=f"{incident.key} ({incident.state}) had no next deadline: nothing would have"
            " happened by itself.",
            mended="It goes on now.",
            keeper=accountable,
        )
    elif turn <= now - OVERDUE:
        yield Fault(
            key=f"{FaultKind.OVERDUE}/{incident.id}",
            kind=FaultKind.OVERDUE,
            words=f"{incident.key} was due {when(turn)} and nothing happened; the log says why.",
            keeper=accountable,
        )


def _accountable(catalogue: Catalogue, incident: Incident) -> str | None:
    connection = lead_of(catalogue, incident)
    return connection.owners.architecture if connection else None


def _pings(work: Work) -> Iterator[Fault]:
    """One for each cause and each person whom it concerns, however many pings it holds up."""
    held: dict[tuple[str, str | None], list[WaitingPing]] = {}
    for one in work.tx.waiting_pings(work.now - PING_WAITS):
        number = incident_of(one.letter.subject)
        incident = work.tx.incident(number) if number is not None else None
        accountable = _accountable(work.catalogue, incident) if incident else None
        held.setdefault((_cause(one), accountable), []).append(one)
    for (cause, accountable), those in held.items():
        yield Fault(
            key=f"{FaultKind.PING}/{cause}/{accountable or ''}",
            kind=FaultKind.PING,
            words=_held(work, those),
            keeper=accountable,
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


def _outbox(work: Work) -> Iterator[Fault]:
    waiting = work.tx.waiting_since(work.now - LETTER_WAITS)
    if waiting is not None:
        count, since = waiting
        yield Fault(
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


def _runner(late: Collection[str]) -> Iterator[Fault]:
    if late:
        names = ", ".join(sorted(late)[:_NAMED])
        more = f" and {len(late) - _NAMED} more" if len(late) > _NAMED else ""
        yield Fault(
            key=FaultKind.RUNNER.value,
            kind=FaultKind.RUNNER,
            words=f"Not looked at for {MISSED_LOOKS} intervals: {outside(names)}{more}.",
        )


def _set_going(work: Work, fault: Fault) -> None:
    incident = work.tx.incident(int(fault.key.rpartition("/")[2]))
    # Somebody has acted on it since it was found.
    if incident is None or next_turn(incident) is not None:
        return
    going = with_turn(incident, work.now)
    work.tx.save_incident(going)
    work.log(going, "auditor", f"{fault.words} {fault.mended}")
    work.show(going)


def _tell(work: Work, fault: Fault) -> tuple[str, ...]:
    told: Iterable[str] = (fault.keeper,) if fault.keeper else estate_owners(work.catalogue)
    to: list[Address] = [ToPerson(person) for person in readers_for(work, told)]
    if work.catalogue.announce_channel:
        to.append(ANNOUNCEMENTS)
    found = FaultFound(words=fault.words, mended=fault.mended, since=work.now)
    for one in to:
        work.tell(one, found, about=f"auditor:{fault.key}")
    return tuple(map(str, to))


def _over(work: Work, known: KnownFault) -> None:
    """Said to whoever heard of it; what was mended at once has had its last word."""
    if known.ailment.mended:
        return
    over = FaultOver(words=known.ailment.words, since=known.since)
    for one in known.told:
        work.tell(read_address(one), over, about=f"auditor:{known.ailment.key}")
