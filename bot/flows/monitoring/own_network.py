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
    """While our network is down, looks that saw nothing are blind ones. A change of the network is
    stored and told once to each owner of the estate."""
    before = work.tx.network_state()
    # Nearly always: then not a row is read.
    if not before.down and not any(own_network.no_answer(one.observation) for one in batch.looks):
        return batch
    last_looks = _last_looks(work, batch.looks)
    after = own_network.judge_network(before, last_looks, work.now, batch.hosts_answer)
    if after != before:
        work.tx.save_network_state(after)
        _tell(work, after)
    if not after.down:
        return batch
    return batch.with_looks(
        replace(one, observation=own_network.mark_as_blind(one.observation)) for one in batch.looks
    )


def _last_looks(work: Work, taken: Iterable[FinishedLook]) -> dict[str, LastLook]:
    """The last look at every host: those just taken, and those recorded before. That something in
    maintenance is silent says nothing of our network."""
    suppressed = windows.all_suppressed(work)
    specs = {
        spec.key: spec
        for connection in work.catalogue.connections.values()
        for spec in connection.checks
    }
    pairs = [
        (specs[known.check], LastLook(at=known.checked_at, no_answer=known.cause in NO_ANSWER))
        for known in work.tx.all_check_health()
        if known.check in specs and known.checked_at is not None
    ]
    pairs += [(one.spec, own_network.seen(one.observation)) for one in taken]
    looked = (
        (host, one)
        for spec, one in pairs
        # Systems that are switched off for an update would else look like a network that is down.
        if not (one.no_answer and spec.connection in suppressed)
        for host in spec.settings.hosts()
    )
    return own_network.newest(looked)


def _tell(work: Work, network: NetworkState) -> None:
    kind = OurNetworkDown if network.down else OurNetworkBack
    told = kind(since=network.since or network.began or work.now, until=network.back)
    for owner in readers_for(work, estate_owners(work.catalogue)):
        work.tell(ToPerson(owner), told, about="line")


def to_blame(work: Work, flip: Flip) -> bool:
    """Whether the blindness that begins or ends here was that of our own network: the architecture
    owners know of it already."""
    began = flip.since if flip.new is Verdict.UNKNOWN else flip.old_since
    return began is not None and work.tx.network_state().blinded(began)
