"""What the audit and its rounds say: valid for Slack at any size, harmless whatever names say."""

from typing import Any

import pytest

from bot.core.estate.catalogue import Catalogue, Credential, Identity, Owners
from bot.core.estate.description import About, Handoff, RecordIds
from bot.core.estate.lane import Layer
from bot.core.estate.ledger import HANDOVER_ITEMS
from bot.core.governance.audit.audit import audit
from bot.core.governance.audit.finding import FindingWeight
from bot.core.governance.audit.situation import Live
from bot.core.governance.dossier import optional_sections
from bot.core.governance.notices import (
    FindingRow,
    Findings,
    HandingOver,
    HandoverBegins,
    LayerRow,
    NotMine,
    OfCredential,
    StillYours,
)
from bot.core.outbox.notice import NOTICES, Notice
from bot.flows.governance.audit import AuditView
from bot.slack.estate import words
from bot.slack.governance import audit_words
from bot.slack.governance import forms as governance
from bot.slack.kit import SlackMessage, message
from bot.slack.notice_words import personal
from bot.slack.text import Writer
from tests.builders import NOW, a_connection, an_estate
from tests.slack.test_blocks import assert_valid, assert_valid_view

HOSTILE = "<!channel> *bold* <@U123> & " + "x" * 60


def an_estate_of(count: int, name: str = "Shop orders") -> Catalogue:
    """Connections with everything wrong, so that every kind of line is written."""
    shared = Credential(id="k", name=name, identity=Identity.SHARED)
    return an_estate(
        *(
            a_connection(
                id=f"c{number}", name=f"{name} {number}", owners=Owners(), credentials=(shared,)
            )
            for number in range(count)
        )
    )


def look(catalogue: Catalogue) -> AuditView:
    return AuditView(audit=audit(catalogue, NOW, Live(watching=True)), known={}, trend=())


def text_of(said: Any) -> str:
    """Everything that Slack reads as markup; plain text it shows as it is."""
    if isinstance(said, SlackMessage):
        return text_of(said.blocks)
    if isinstance(said, dict):
        own = str(said["text"]) if said.get("type") == "mrkdwn" else ""
        return own + "".join(text_of(part) for part in said.values())
    return "".join(text_of(part) for part in said) if isinstance(said, list | tuple) else ""


@pytest.mark.parametrize("count", [0, 1, 200])
@pytest.mark.parametrize("name", ["Shop orders", HOSTILE])
def test_the_audit_fits_whatever_the_estate_is_like(count: int, name: str) -> None:
    catalogue = an_estate_of(count, name)

    said = audit_words.audit(look(catalogue), catalogue, Writer(catalogue=catalogue))

    assert_valid(said)
    assert "<!channel>" not in text_of(said)


@pytest.mark.parametrize("name", ["Shop orders", HOSTILE])
def test_the_audit_of_one_connection_and_its_line_fit(name: str) -> None:
    catalogue = an_estate_of(1, name)
    connection, writer = catalogue.connections["c0"], Writer(catalogue=catalogue)

    said = audit_words.connection_audit(look(catalogue), connection, writer)
    line = audit_words.audit_line(look(catalogue), connection, writer)

    assert_valid(said)
    assert "<!channel>" not in text_of(said) + line
    assert "governance gap" in line


def test_the_optional_parts_of_the_dossier_fit_and_stay_harmless() -> None:
    parts = About(
        records=(RecordIds(name=HOSTILE, definition=HOSTILE * 20),),
        handoffs=tuple(Handoff(what=HOSTILE, note=HOSTILE * 9) for _ in range(30)),
    )
    catalogue = an_estate(a_connection(about=parts))
    blocks = words.described(
        optional_sections(catalogue, catalogue.connections["orders"]), Writer(catalogue=catalogue)
    )

    said = message("dossier", blocks)

    assert_valid(said)
    assert "<!channel>" not in text_of(said)


FINDING = FindingRow(
    key="no-cover/orders",
    subject="orders",
    name=HOSTILE,
    weight=FindingWeight.URGENT,
    what=HOSTILE,
    why="Because.",
    do="Do it.",
    since=NOW.date(),
    first_seen=NOW,
    last_seen=NOW,
)
LAYER = {"connection": "orders", "name": HOSTILE, "layer": Layer.TECHNICAL}
HANDOVER = HandoverBegins(**LAYER, handover=3, before="alice")
ROWS = tuple(LayerRow(**LAYER, id=number) for number in range(12))
TOLD = (
    Findings(rows=(FINDING,) * 12, more=3, older=2, weekly=True),
    StillYours(rows=ROWS, again=False),
    NotMine(**LAYER, id=7, person="alice"),
    HandingOver(**LAYER, id=7, person="alice", successor="bob"),
    HANDOVER,
)


def test_every_letter_of_the_rounds_is_tried_here() -> None:
    rounds = [kind for kind in NOTICES.values() if kind.__module__ == Findings.__module__]

    assert {type(told) for told in TOLD} == {
        kind for kind in rounds if not issubclass(kind, OfCredential)
    }


def written(told: Notice) -> SlackMessage:
    write = personal.of(told)
    assert write is not None
    said: SlackMessage = write(told, Writer(catalogue=an_estate()))
    return said


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.what)
def test_every_letter_fits_at_its_largest_and_stays_harmless(told: Notice) -> None:
    said = written(told)

    assert_valid(said)
    assert "<!channel>" not in text_of(said)


def test_the_checklist_of_a_handover_has_every_item() -> None:
    said = written(HANDOVER)

    options = next(
        element["options"]
        for block in said.blocks
        for element in block.get("elements", [])
        if element["type"] == "checkboxes"
    )
    assert [one["value"] for one in options] == [f"3|{item}" for item in HANDOVER_ITEMS]


def test_the_form_for_a_successor_is_valid_for_any_name() -> None:
    assert_valid_view(governance.Successor.shown(7, HOSTILE, "technical"))


def test_without_a_stored_audit_the_trend_says_so() -> None:
    catalogue = an_estate_of(1)

    said = audit_words.audit(look(catalogue), catalogue, Writer(catalogue=catalogue))

    assert "No earlier audit is stored." in text_of(said)
