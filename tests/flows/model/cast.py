"""Who and what takes part in a random life: the people, the estates and every button there is."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from bot.core.estate.catalogue import Catalogue, Criticality, LadderRung, Owners, Party
from bot.core.estate.lane import Lane
from bot.core.estate.windows import Weekly, Window
from bot.core.incidents.review import CauseClass
from bot.flows.incidents import counterparty, respond
from bot.flows.incidents.ending import review
from bot.flows.runbooks import walk
from bot.language.errors import Unsure
from bot.language.secret import Secret
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


def _review(tx: Any, knowledge: Any, number: int, by: str, *, now: datetime) -> Any:
    cause, told = CauseClass.CREDENTIAL, {"helped": SHOUT, "follow_ups": SHOUT}
    return review.review(tx, knowledge, number, cause=cause, **told, by=by, now=now)


def _by_number(flow: Any, *words: str) -> Any:
    """A flow that needs no knowledge: number, words, who."""

    def click(tx: Any, _: Any, number: int, by: str, *, now: datetime) -> Any:
        return flow(tx, number, *words, by, now)

    return click


def _note(tx: Any, _: Any, number: int, by: str, *, now: datetime) -> Any:
    return respond.note(tx, number, by, SHOUT, now)


def _hand_over(lane: Lane, ticket: str = "") -> Any:
    def click(tx: Any, knowledge: Any, number: int, by: str, *, now: datetime) -> Any:
        return respond.hand_over(tx, knowledge, number, lane, by, now, ticket)

    return click


def _set_lane(lane: Lane) -> Any:
    def click(tx: Any, knowledge: Any, number: int, by: str, *, now: datetime) -> Any:
        return respond.set_lane(tx, knowledge, number, lane, by, SHOUT, now)

    return click


def _with_words(flow: Any, *words: str) -> Any:
    def click(tx: Any, knowledge: Any, number: int, by: str, *, now: datetime) -> Any:
        return flow(tx, knowledge, number, by, *words, now=now)

    return click


def _told(flow: Any) -> Any:
    """A flow that takes what was typed before who typed it."""

    def click(tx: Any, knowledge: Any, number: int, by: str, *, now: datetime) -> Any:
        return flow(tx, knowledge, number, SHOUT, by, now)

    return click


def _sure(flow: Any) -> Any:
    def click(tx: Any, knowledge: Any, number: int, by: str, *, now: datetime) -> Any:
        try:
            return flow(tx, knowledge, number, by, now)
        except Unsure as asked:
            return flow(tx, knowledge, number, by, now, agreed=asked.mark)

    return click


def _answer(choice: str) -> Any:
    def click(tx: Any, knowledge: Any, number: int, by: str, *, now: datetime) -> Any:
        told = {"step": "erp", "choice": choice, "note": SHOUT}
        return walk.answer(tx, knowledge, number, **told, by=by, now=now)

    return click


def _take_back(tx: Any, knowledge: Any, number: int, by: str, *, now: datetime) -> Any:
    return walk.take_back(tx, knowledge, number, step="erp", by=by, now=now)


CLICKS: dict[str, Any] = {
    "acknowledge": _with_words(respond.acknowledge),
    "take it all the same": _sure(respond.acknowledge),
    "still on it": _by_number(respond.still_on_it),
    "hand over to the vendor": _hand_over(Lane.VENDOR),
    "hand over to IT with a ticket": _hand_over(Lane.IT, SHOUT),
    "their ticket": _told(counterparty.give_ticket),
    "they answered": _with_words(counterparty.answered),
    "the call was held": _told(counterparty.joint_call_held),
    "set the lane": _set_lane(Lane.PUBLISHER),
    "confirm the data": _with_words(respond.confirm_data),
    "reject the data": _with_words(respond.reject_data, SHOUT),
    "resolve": _with_words(respond.resolve_if_over, SHOUT),
    "resolve it all the same": _with_words(respond.resolve, SHOUT),
    "review": _review,
    "note": _note,
    "yes": _answer("yes"),
    "no": _answer("no"),
    "skip": _answer("skip"),
    "take it back": _take_back,
}
