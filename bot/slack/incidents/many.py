"""Many connections and many people on one card: the first are named, the rest are counted."""

from collections.abc import Callable, Iterable, Sequence

from bot.core.outbox.address import ToPartyByMail
from bot.core.outbox.received import EvidenceReceipt, Receipt
from bot.flows.incidents.grouping import children
from bot.flows.incidents.grouping.children import ChildView
from bot.flows.views import IncidentView
from bot.language.units import say_names
from bot.slack.text import Writer, cut, escape, time

NAMED = 12  # connections, and pings that arrived
TROUBLED = 6  # pings that did not
_NAME = 60  # characters


def connections_line(connections: Sequence[ChildView]) -> str:
    """Every connection of the incident, those that still fail first."""
    failing = [child for child in connections if not child.recovered]
    running = [child for child in connections if child.recovered]
    shown = [*failing, *running][:NAMED]
    rows = [f"{_mark(child)} {escape(cut(child.name, _NAME))}" for child in shown]
    more = (
        f"{len(failing) - sum(not child.recovered for child in shown)} 🔴 and"
        f" {len(running) - sum(child.recovered for child in shown)} 🟢 more"
    )
    left = [more] if len(connections) > NAMED else []
    return f"*Connections ({len(connections)}):* {' · '.join([*rows, *left])}"


def _mark(child: ChildView) -> str:
    return "🔴" if not child.recovered else "🟠" if child.denied else "🟢"


def receipts_line(receipts: Sequence[Receipt], say: Callable[[Receipt, bool], str]) -> str:
    """What became of every ping; of many those that failed first, for somebody has to act on them.
    `say` is told whether that person was pinged before."""
    marked = [(one, _again(one, receipts[:place])) for place, one in enumerate(receipts)]
    if len(receipts) <= NAMED:
        return ", ".join(say(*one) for one in marked)
    failed = [one for one in marked if one[0].state == "failed"]
    others = [one for one in marked if one[0].state != "failed"]
    arrived = sum(one.state == "delivered" for one in receipts)
    told = f"{arrived} of {len(receipts)} delivered, {len(failed)} failed; "
    return told + ", ".join(say(*one) for one in [*failed[:TROUBLED], *others[-NAMED:]])


def _again(receipt: Receipt, before: Sequence[Receipt]) -> bool:
    """Another way is another try of the same ping."""
    here = (one.person for one in before if not one.elsewhere)
    return not receipt.elsewhere and receipt.person in here


def named(ids: Iterable[str], writer: Writer) -> str:
    """The connections with these ids, the first few by name; empty for none."""
    known = writer.catalogue.connections
    names = [known[key].name for key in ids if key in known]
    return escape(say_names(names))


def called(people: Sequence[str], writer: Writer) -> str:
    """Who is pinged for it, as a sentence; where nobody is, that is told by itself."""
    verb = "is" if len(people) == 1 else "are"
    return f" {writer.people(people)} {verb} pinged." if people else ""


def heading(view: IncidentView) -> tuple[str, str]:
    """What the incident is about, and the verb that fits."""
    return children.heading(view.incident, view.connections)


def sent_line(view: IncidentView) -> str:
    """What became of the evidence that was sent to the counter-party."""
    if not view.deliveries:
        return ""
    return "*Evidence:* " + " · ".join(_delivery(view, one) for one in view.deliveries[-4:])


def _delivery(view: IncidentView, one: EvidenceReceipt) -> str:
    party = one.to.party
    named = next((known for known in view.parties.values() if known.id == party), None)
    name = escape(named.name if named else party)
    way = "by mail" if isinstance(one.to, ToPartyByMail) else "in the shared channel"
    if one.state == "delivered":
        return f"{name} {way} ✓ {time(one.at)}"
    if one.state == "failed":
        return f"{name} {way} ✗ {escape(cut(one.error, 80))}"
    return f"{name} {way} (on its way)"
