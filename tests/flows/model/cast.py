"""Who and what takes part in a random life: the people, the estates and every button there is."""

from dataclasses import replace
from datetime import time
from typing import Any

from bot.core.estate.catalogue import Catalogue, Criticality, LadderRung, Owners, Party
from bot.core.estate.lane import Lane
from bot.core.estate.windows import Weekly, Window
from bot.core.incidents.review import CauseClass
from bot.flows.incidents import counterparty, end, respond
from bot.flows.runbooks import walk
from bot.flows.work import Work
from bot.language.errors import Unsure
from bot.language.redaction import Secret
from tests.builders import HOUR, MINUTE, a_connection, a_person, an_estate

# What must never come out as it went in: a mention of everybody, and a password.
NAME = "<!channel> ‹p:alice› & Co"
SHOUT = f"{NAME} password=hunter2hunter2"
KEY = "pagerkey4711"  # a secret of the catalogue, which nobody ever reads
HOOK = f"json://pager:{KEY}@localhost/"

PEOPLE = ("alice", "bob", "charlie", "data-owner", "architect", "manager")
IDS = ("orders", "stock", "bare")

# Several people on a rung, an empty rung, and a connection for which nobody is named at all.
_LADDER = (
    LadderRung(after=15 * MINUTE, people=("alice", "charlie")),
    LadderRung(after=30 * MINUTE, people=()),
    LadderRung(after=45 * MINUTE, people=("manager",)),
)
ORDERS = a_connection(
    ladder=_LADDER,
    name=f"Shop {NAME}",
    lanes={Lane.VENDOR: "vendor", Lane.IT: "helpdesk"},
    accountable=Lane.VENDOR,
)
STOCK = a_connection(
    id="stock",
    name="Stock",
    first_responder="charlie",
    ladder=(),
    criticality=Criticality.IMPORTANT,
)
BARE = a_connection(id="bare", owners=Owners(), first_responder=None, ladder=(), lanes={})

_PARTIES = {
    "vendor": Party(
        id="vendor",
        name=f"ShopLink {NAME}",
        email="support@example.com",
        slack_channel="C0VENDOR",
        respond_within={Criticality.CRITICAL: 4 * HOUR},
        person="manager",
    ),
    "helpdesk": Party(id="helpdesk", name="Help desk"),
}
_NIGHTLY = Window(
    name="Backup",
    when=Weekly(days=(1, 2, 3, 4, 5, 6, 7), start=time(9, 30), end=time(11, 0)),
    connections=frozenset({"stock"}),
)


def _estate(*connections: Any, **changes: Any) -> Catalogue:
    made = an_estate(*connections, parties=_PARTIES, **changes)
    people = {**made.people, "alice": a_person("alice", fallback=(Secret(HOOK),))}
    return replace(made, people=people)


def _without(catalogue: Catalogue, person: str) -> Catalogue:
    people = {key: one for key, one in catalogue.people.items() if key != person}
    return replace(catalogue, people=people)


ESTATES: tuple[Catalogue, ...] = (
    _estate(ORDERS, STOCK, BARE),
    _estate(ORDERS, STOCK),
    _estate(STOCK, BARE),
    _estate(replace(ORDERS, checks=()), STOCK, BARE),
    _estate(ORDERS, STOCK, BARE, windows=(_NIGHTLY,)),
    _without(_estate(ORDERS, STOCK, BARE), "bob"),
    _without(_estate(ORDERS, STOCK, BARE), "manager"),
    _estate(replace(ORDERS, lanes={}, accountable=None), STOCK, BARE),
)


def _review(work: Work, number: int, by: str) -> Any:
    told = {"helped": SHOUT, "follow_ups": SHOUT}
    return end.review(work, number, cause=CauseClass.CREDENTIAL, **told, by=by)


def _note(work: Work, number: int, by: str) -> Any:
    return respond.note(work, number, by, SHOUT)


def _hand_over(lane: Lane, ticket: str = "") -> Any:
    def click(work: Work, number: int, by: str) -> Any:
        return respond.hand_over(work, number, lane, by, respond.HandOverDetails(ticket=ticket))

    return click


def _set_lane(lane: Lane) -> Any:
    def click(work: Work, number: int, by: str) -> Any:
        return respond.set_lane(work, number, lane, by, SHOUT)

    return click


def _with_words(flow: Any) -> Any:
    def click(work: Work, number: int, by: str) -> Any:
        return flow(work, number, by, SHOUT)

    return click


def _told(flow: Any) -> Any:
    """A flow that takes what was typed before who typed it."""

    def click(work: Work, number: int, by: str) -> Any:
        return flow(work, number, SHOUT, by)

    return click


def _sure(flow: Any) -> Any:
    def click(work: Work, number: int, by: str) -> Any:
        try:
            return flow(work, number, by)
        except Unsure as asked:
            return flow(work, number, by, agreed=asked.mark)

    return click


def _answer(choice: str) -> Any:
    def click(work: Work, number: int, by: str) -> Any:
        told = {"step": "erp", "choice": choice, "note": SHOUT}
        return walk.answer(work, number, **told, by=by)

    return click


def _take_back(work: Work, number: int, by: str) -> Any:
    return walk.take_back(work, number, step="erp", by=by)


CLICKS: dict[str, Any] = {
    "acknowledge": respond.acknowledge,
    "take it all the same": _sure(respond.acknowledge),
    "still on it": respond.still_on_it,
    "hand over to the vendor": _hand_over(Lane.VENDOR),
    "hand over to IT with a ticket": _hand_over(Lane.IT, SHOUT),
    "their ticket": _told(counterparty.give_ticket),
    "they answered": counterparty.answered,
    "the call was held": _told(counterparty.joint_call_held),
    "set the lane": _set_lane(Lane.PUBLISHER),
    "confirm the data": respond.confirm_data,
    "reject the data": _with_words(respond.reject_data),
    "resolve": _with_words(respond.resolve_if_over),
    "resolve it all the same": _with_words(respond.resolve),
    "review": _review,
    "note": _note,
    "yes": _answer("yes"),
    "no": _answer("no"),
    "skip": _answer("skip"),
    "take it back": _take_back,
}
