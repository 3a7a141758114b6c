"""Our own network: when it is down, nothing that we fail to see counts against a system."""

from collections.abc import Iterable
from dataclasses import replace

from bot.core.monitoring import own_network
from bot.core.monitoring.health import Flip
from bot.core.monitoring.notices import OurNetworkBack, OurNetworkDown
from bot.core.monitoring.own_network import LastLook, NetworkState
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import NO_ANSWER
from bot.core.outbox.address import ToPerson
from bot.core.people.next_in_line import estate_owners
from bot.flows.estate import windows
from bot.flows.monitoring.health import Batch, FinishedLook
from bot.flows.people.presence import readers_for
from bot.flows.work import Work


def mark_blind(work: Work, batch: Batch) -> Batch:
    """While our line is down, looks that saw nothing are blind ones. A change of the line is stored
    and told once to each keeper of the estate."""
    before = work.tx.line()
    # Nearly every batch ends here, since judging the line reads the last look of every check.
    if not before.down and not any(own_network.dark(one.observation) for one in batch.looks):
        return batch
    last_looks = _last_looks(work, batch.looks)
    after = own_network.judge_line(before, last_looks, work.now, batch.hosts_answer)
    if after != before:
        work.tx.save_line(after)
        _tell(work, after)
    if not after.down:
        return batch
    return batch.with_looks(
        replace(one, observation=own_network.hide(one.observation)) for one in batch.looks
    )


def _last_looks(work: Work, taken: Iterable[FinishedLook]) -> dict[str, LastLook]:
    """The last look at every host: those just taken, and those recorded before. That something in
    maintenance is dark says nothing of our line."""
    sheltered = windows.all_sheltered(work)
    specs = {
        spec.key: spec
        for connection in work.catalogue.connections.values()
        for spec in connection.checks
    }
    pairs = [
        (specs[known.check], LastLook(at=known.checked_at, dark=known.cause in NO_ANSWER))
        for known in work.tx.all_check_health()
        if known.check in specs and known.checked_at is not None
    ]
    pairs += [(one.spec, own_network.seen(one.observation)) for one in taken]
    telling = (
        (host, one)
        for spec, one in pairs
        if not (one.dark and spec.connection in sheltered)
        for host in spec.settings.hosts()
    )
    return own_network.newest(telling)


def _tell(work: Work, line: NetworkState) -> None:
    kind = OurNetworkDown if line.down else OurNetworkBack
    told = kind(since=line.since or line.began or work.now, until=line.back)
    for keeper in readers_for(work, estate_owners(work.catalogue)):
        work.tell(ToPerson(keeper), told, about="line")


def to_blame(work: Work, flip: Flip) -> bool:
    """Whether the blindness that begins or ends here was that of our own line: the architecture
    owners know of it already."""
    began = flip.since if flip.new is Verdict.UNKNOWN else flip.old_since
    return began is not None and work.tx.line().blinded(began)
