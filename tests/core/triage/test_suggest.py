"""Lane suggestions: which evidence points where, and what may be sent again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from bot.core.estate.catalogue import (
    Build,
    Catalogue,
    Connection,
    Credential,
    Owners,
    Party,
    System,
)
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import LANE_NAMES, Lane, Layer
from bot.core.monitoring.signals import FailedRecords, Signal
from bot.core.runbooks.retry import retry_advice, retry_of
from bot.core.triage.facts import Facts, Observed, neighbours
from bot.core.triage.party_lanes import acting_lane, maker_lane
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry
from bot.core.triage.required_words import Pattern
from bot.core.triage.suggest import suggest
from bot.language.marks import who
from tests.builders import gathered

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BROKE = NOW - timedelta(hours=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def entry(
    name: str,
    error_class: ErrorClass,
    *,
    lane: Lane = Lane.IT,
    layer: Layer = Layer.TECHNICAL,
    retry: Retry = Retry.AFTER_FIX,
) -> PlaybookEntry:
    return PlaybookEntry(
        id=name,
        systems=("transport",),
        pattern=Pattern(name),
        error_class=error_class,
        meaning=f"Meaning of {name}.",
        first_check="Check.",
        fix="Fix.",
        retry=retry,
        lane=lane,
        layer=layer,
        source="",
        grade="B",
        sample=name,
    )


BOOK = Playbook(
    entries=(
        entry("secret-over", ErrorClass.CREDENTIALS),
        entry("period-shut", ErrorClass.PERIOD_CLOSED, layer=Layer.FUNCTIONAL),
        entry("wrong-length", ErrorClass.PAYLOAD, lane=Lane.VENDOR),
        entry("version-gone", ErrorClass.VERSION_SUNSET, lane=Lane.VENDOR),
        entry("fault", ErrorClass.PLATFORM_OUTAGE, lane=Lane.PUBLISHER, retry=Retry.LOOK_UP_FIRST),
        entry("refused", ErrorClass.CONNECTIVITY, retry=Retry.SAFE),
        entry("slow-down", ErrorClass.RATE_LIMIT, lane=Lane.VENDOR, retry=Retry.WAIT),
        entry("twice", ErrorClass.DUPLICATE, retry=Retry.NEVER),
    )
)
ORDERS = Connection(
    id="orders",
    name="Shop orders",
    source="shop",
    target="erp",
    build=Build.NATIVE,
    maintained_by="maker",
    owners=Owners(technical="bob", functional="alice"),
)
STOCK = replace(ORDERS, id="stock", name="Stock", source="erp", target="depot")
BILLS = replace(ORDERS, id="bills", name="Bills", source="scan", maintained_by="other-maker")
POSTS = replace(BILLS, id="posts", name="Posts", source="shop", target="blog")
ESTATE = Catalogue(
    systems={key: System(id=key, name=key.upper()) for key in ("shop", "erp", "depot", "scan")},
    parties={"maker": Party(id="maker", name="Maker Ltd")},
    connections={item.id: item for item in (ORDERS, STOCK, BILLS, POSTS)},
)


def facts(connection=ORDERS, catalogue=ESTATE, **known) -> Facts:
    return gathered(connection, catalogue, BOOK, now=NOW, failing_since=BROKE, **known)


def failed(*texts: str, count: int = 4) -> tuple[FailedRecords, ...]:
    return tuple(FailedRecords(text=text, count=count) for text in texts)


@pytest.mark.parametrize(
    ("build", "lane"),
    [
        (Build.NATIVE, Lane.VENDOR),
        (Build.PUBLISHER, Lane.PUBLISHER),
        (Build.IPAAS, Lane.IT),
        (Build.CUSTOM, Lane.IT),
        (Build.SCRIPT, Lane.IT),
        (Build.UNKNOWN, Lane.IT),
    ],
)
def test_without_evidence_the_maker_goes_first_and_nobody_pretends_to_be_sure(build, lane):
    connection = replace(ORDERS, build=build)

    suggestion = suggest(facts(connection), connection, ESTATE, NOW)

    assert suggestion.lane is lane
    assert not suggestion.confident
    assert "No evidence" in suggestion.reasons[0]


@pytest.mark.parametrize(
    ("known", "lane", "layer", "reason"),
    [
        pytest.param(
            {"failed": failed("period-shut", count=1)},
            Lane.IT,
            Layer.FUNCTIONAL,
            "period closed error",
            id="a closed period is for the functional owner",
        ),
        pytest.param(
            {"check_errors": ("secret-over",)},
            Lane.IT,
            Layer.TECHNICAL,
            "credentials error",
            id="a refused login is for internal IT",
        ),
        pytest.param(
            {"failed": failed("wrong-length")},
            Lane.VENDOR,
            Layer.TECHNICAL,
            "payload error",
            id="a connector's own fault is for its vendor",
        ),
        pytest.param(
            {"failed": failed("fault", count=1)},
            Lane.PUBLISHER,
            Layer.TECHNICAL,
            "platform outage error",
            id="server faults are for the publisher",
        ),
        pytest.param(
            {"signals": {Signal.STATUS: "major_outage"}},
            Lane.PUBLISHER,
            Layer.TECHNICAL,
            "“major_outage”",
            id="a red status page points to the publisher",
        ),
        pytest.param(
            {"signals": {Signal.HEARTBEAT: NOW - DAY}},
            Lane.IT,
            Layer.TECHNICAL,
            "no sign of life",
            id="a silent bridge is ours",
        ),
        pytest.param(
            {"verdicts": {"bills": "failing"}},
            Lane.PUBLISHER,
            Layer.TECHNICAL,
            "Bills on ERP fails too",
            id="another maker's connection to the same system fails alike",
        ),
        pytest.param(
            {"verdicts": {"bills": "failing", "posts": "failing"}},
            Lane.IT,
            Layer.TECHNICAL,
            "network",
            id="several systems at once are the network",
        ),
        pytest.param(
            {"verdicts": {"stock": "ok", "bills": "ok", "posts": "ok"}},
            Lane.VENDOR,
            Layer.TECHNICAL,
            "Only this connection fails",
            id="only this connection fails, so it is the connector",
        ),
    ],
)
def test_evidence_moves_the_lane(known, lane, layer, reason):
    suggestion = suggest(facts(**known), ORDERS, ESTATE, NOW)

    assert (suggestion.lane, suggestion.layer) == (lane, layer)
    assert any(reason in item for item in suggestion.reasons), suggestion.reasons


def test_a_green_status_page_does_not_clear_or_blame_anybody():
    seen = facts(signals={Signal.STATUS: "operational"})

    suggestion = suggest(seen, ORDERS, ESTATE, NOW)

    assert "No evidence" in suggestion.reasons[0]


def test_a_credential_past_its_date_names_itself_and_its_day():
    old = Credential(id="key", name="ERP app secret", expires=date(2026, 3, 1))
    connection = replace(ORDERS, credentials=(old,))

    suggestion = suggest(facts(connection), connection, ESTATE, NOW)

    assert suggestion.lane is Lane.IT
    assert "ERP app secret" in suggestion.reasons[0]
    assert "2026-03-01" in suggestion.reasons[0]


def test_a_release_just_before_the_break_asks_the_maker_to_keep_up_with_it():
    news = Release(system="erp", version="25.1", at=BROKE - 2 * HOUR)
    estate = replace(ESTATE, releases=(news,))

    suggestion = suggest(facts(catalogue=estate), ORDERS, estate, NOW)

    assert suggestion.lane is Lane.VENDOR
    assert "ERP 25.1" in suggestion.reasons[0]


@pytest.mark.parametrize(
    ("known", "id_"),
    [
        ({"observed": (Observed(at=BROKE - 5 * DAY, what="v24 became v25"),)}, "an old version"),
        (
            {
                "observed": (Observed(at=BROKE - HOUR, what="v24 became v25"),),
                "signals": {Signal.LAST_SUCCESS: NOW},
            },
            "records still pass",
        ),
    ],
    ids=["an old release is no suspect", "a release is no suspect while records still pass"],
)
def test_a_release_that_does_not_fit_the_break_is_left_out(known, id_):
    suggestion = suggest(facts(**known), ORDERS, ESTATE, NOW)

    assert "No evidence" in suggestion.reasons[0], id_


def test_a_change_of_ours_just_before_the_break_is_ours_and_names_who_made_it():
    change = Change(
        connection="orders", at=BROKE - HOUR, what="Made Department mandatory", by="bob"
    )
    estate = replace(ESTATE, changes=(change,))

    suggestion = suggest(facts(catalogue=estate), ORDERS, estate, NOW)

    assert suggestion.lane is Lane.IT
    assert who("bob") in suggestion.reasons[0]


def test_a_tie_goes_to_the_maker_and_says_so():
    seen = facts(signals={Signal.ENABLED: False})

    suggestion = suggest(seen, ORDERS, ESTATE, NOW)

    assert suggestion.lane is Lane.VENDOR
    assert not suggestion.confident
    assert "alike" in suggestion.reasons[0]


@pytest.mark.parametrize("build", Build)
@pytest.mark.parametrize("lanes", [(Lane.IT,), (Lane.VENDOR,), (Lane.PUBLISHER,), tuple(Lane)])
@pytest.mark.parametrize("signals", [{}, {Signal.ENABLED: False}], ids=["on", "switched off"])
def test_no_lane_is_named_without_evidence_for_it_nor_one_that_nobody_stands_for(
    build, lanes, signals
):
    connection = replace(
        ORDERS, build=build, maintained_by=None, lanes=dict.fromkeys(lanes, "somebody")
    )
    estate = replace(ESTATE, connections={**ESTATE.connections, "orders": connection})
    default = maker_lane(connection)
    for verdicts in product(("ok", "failing", "unknown"), repeat=3):
        others = dict(zip(("stock", "bills", "posts"), verdicts, strict=True))
        seen = facts(connection, estate, verdicts=others, signals=signals)

        found = suggest(seen, connection, estate, NOW)

        claim, _, start = found.reasons[0].partition("; start with ")
        named = {lane for lane in Lane if LANE_NAMES[lane] in claim and start}
        argued = {vote.lane for vote in found.votes}
        assert named - {default} <= argued & {Lane.IT, *lanes}
        assert default not in named or default in argued or "How it was built" in claim


def test_a_clear_lead_is_confident_and_a_narrow_one_is_not():
    narrow = suggest(facts(check_errors=("secret-over",)), ORDERS, ESTATE, NOW)
    clear = suggest(facts(check_errors=("wrong-length",)), ORDERS, ESTATE, NOW)

    assert (narrow.lane, narrow.confident) == (Lane.IT, False)
    assert (clear.lane, clear.confident) == (Lane.VENDOR, True)


def test_the_strongest_reason_comes_first_and_no_reason_is_a_number():
    seen = facts(failed=failed("wrong-length", "version-gone", count=9))

    suggestion = suggest(seen, ORDERS, ESTATE, NOW)

    assert "version sunset" in suggestion.reasons[0]
    assert not any(reason.strip("+-. ").isdigit() for reason in suggestion.reasons)


@pytest.mark.parametrize(
    ("lane", "build", "acting"),
    [
        (Lane.VENDOR, Build.NATIVE, Lane.VENDOR),
        (Lane.VENDOR, Build.CUSTOM, Lane.IT),
        (Lane.VENDOR, Build.PUBLISHER, Lane.PUBLISHER),
        (Lane.PUBLISHER, Build.CUSTOM, Lane.PUBLISHER),
    ],
)
def test_the_maker_of_the_connector_acts_where_the_playbook_says_vendor(lane, build, acting):
    connection = replace(ORDERS, build=build)

    assert acting_lane(lane, connection) is acting
    assert maker_lane(connection) is acting_lane(Lane.VENDOR, connection)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(("refused",), Retry.SAFE, id="nothing was accepted"),
        pytest.param(("slow-down",), Retry.WAIT, id="throttled records wait"),
        pytest.param(("refused", "fault"), Retry.LOOK_UP_FIRST, id="the most careful one counts"),
        pytest.param(("refused", "twice"), Retry.NEVER, id="a duplicate stops all"),
        pytest.param(("refused", "gibberish"), Retry.LOOK_UP_FIRST, id="an unknown text is doubt"),
        pytest.param((), Retry.LOOK_UP_FIRST, id="nothing known is doubt"),
    ],
)
def test_the_retry_class_is_the_most_careful_one(texts, expected):
    assert retry_of(facts(failed=failed(*texts))) is expected


def test_a_doubtful_outcome_asks_for_the_functional_owner_by_name():
    advice = retry_advice(facts(failed=failed("fault")), ORDERS, NOW)

    assert "Look each record up" in advice
    assert who("alice") in advice


@pytest.mark.parametrize(
    "connection",
    [
        replace(ORDERS, compliance=("finance",)),
        replace(ORDERS, entities=("vendor invoices",)),
        replace(ORDERS, domain="Finance"),
    ],
    ids=["by compliance", "by entity", "by domain"],
)
def test_money_is_never_sent_again_without_a_word_even_when_it_looks_safe(connection):
    advice = retry_advice(facts(connection, failed=failed("refused")), connection, NOW)

    assert "money" in advice
    assert who("alice") in advice


def test_without_a_functional_owner_nobody_may_approve():
    connection = replace(ORDERS, owners=Owners(technical="bob"))

    advice = retry_advice(facts(connection, failed=failed("fault")), connection, NOW)

    assert "No functional owner is named" in advice


def test_harmless_records_need_nobodys_word():
    advice = retry_advice(facts(failed=failed("refused")), ORDERS, NOW)

    assert advice == "Safe to send again: nothing was accepted the first time."


def test_siblings_are_found_by_credential_first_then_system_then_vendor():
    key = Credential(id="key", name="App secret", same_as="orders/key")
    mine = replace(ORDERS, credentials=(key,))
    same_key = replace(BILLS, credentials=(key,))
    far = replace(ORDERS, id="far", name="Far", source="a", target="b")
    estate = replace(ESTATE, connections={c.id: c for c in (mine, same_key, STOCK, far)})

    found = neighbours(mine, estate, {"bills": "failing"})

    assert [(item.connection, str(item.kind), item.verdict) for item in found] == [
        ("bills", "credential", "failing"),
        ("stock", "system", "unknown"),
        ("far", "vendor", "unknown"),
    ]
