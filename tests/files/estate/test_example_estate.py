"""The shipped example: it loads, and what was planted in it is there on any day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checks import settings_models
from bot.checks.http.settings import HttpSettings
from bot.core.estate.catalogue import Catalogue, Criticality, Identity
from bot.core.estate.lane import Lane
from bot.files.content import example_catalogue, runbooks_dir
from bot.files.estate.load import Loaded, load_text

NOW = datetime(2026, 8, 3, 10, 0, tzinfo=UTC)
IDS = {
    "shop-orders",
    "shop-stock-price",
    "crm-accounts",
    "ap-invoices",
    "psp-settlement",
    "wms-3pl",
    "edi-retail",
    "bank",
    "bi-pipeline",
    "mes-bridge",
    "payroll-journal",
    "pricelist-script",
}


def load(now: datetime = NOW, **environ: str) -> Loaded:
    return load_text(
        example_catalogue().read_bytes(),
        path=example_catalogue(),
        environ=environ,
        kinds=settings_models(),
        runbooks=("generic",),
        now=now,
    )


@pytest.fixture(scope="module")
def estate() -> Catalogue:
    loaded = load()
    assert loaded.catalogue is not None, [str(problem) for problem in loaded.problems]
    return loaded.catalogue


def test_it_has_the_twelve_connections(estate: Catalogue) -> None:
    assert set(estate.connections) == IDS


def test_only_the_orphan_is_complained_about() -> None:
    assert [problem.message for problem in load().problems] == [
        "'pricelist-script' has no first responder",
        "'pricelist-script' has no technical, functional or architecture owner",
    ]


@pytest.mark.parametrize(
    "now", [datetime(2024, 2, 29, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)]
)
def test_it_looks_the_same_on_any_day(now: datetime) -> None:
    loaded = load(now)

    assert loaded.catalogue is not None
    certificate = loaded.catalogue.connections["crm-accounts"].credentials[0]
    release = loaded.catalogue.releases[0]
    assert certificate.expires == (now + timedelta(days=35)).date()
    assert (release.system, release.at) == ("business-central", now - timedelta(hours=3))


def test_every_connection_is_watched_at_its_own_status_page(estate: Catalogue) -> None:
    pages = {key: HttpSettings.of(item.checks[0]).url for key, item in estate.connections.items()}

    assert pages == {key: f"http://127.0.0.1:8090/connectors/{key}/status" for key in IDS}


def test_the_simulated_estate_can_be_elsewhere() -> None:
    loaded = load(FIRSTLANE_ESTATE="http://127.0.0.1:9999")

    assert loaded.catalogue is not None
    settings = HttpSettings.of(loaded.catalogue.connections["bank"].checks[0])
    assert settings.url == "http://127.0.0.1:9999/connectors/bank/status"


def test_every_connection_but_the_orphan_has_owners_a_responder_lanes_and_documents(
    estate: Catalogue,
) -> None:
    owned = [item for key, item in estate.connections.items() if key != "pricelist-script"]

    for item in owned:
        assert all((item.owners.technical, item.owners.functional, item.owners.architecture))
        assert item.first_responder
        assert set(item.lanes) == set(Lane)
        assert item.docs.schedule
        assert item.tolerance


def test_the_orphan_has_nobody_and_a_login_of_somebody_who_left(estate: Catalogue) -> None:
    orphan = estate.connections["pricelist-script"]

    assert (orphan.owners.technical, orphan.first_responder) == (None, None)
    assert orphan.criticality is Criticality.UNKNOWN
    assert orphan.credentials[0].identity is Identity.PERSONAL


def test_one_person_carries_the_shop_floor_bridge(estate: Catalogue) -> None:
    bridge = estate.connections["mes-bridge"]

    carried_by = {bridge.owners.technical, bridge.first_responder, *bridge.ladder[0].people}
    assert carried_by == {"partner-engineer"} == {one.owner for one in bridge.credentials}


def test_only_payments_and_the_orphan_compare_nothing(estate: Catalogue) -> None:
    uncompared = {
        key
        for key, item in estate.connections.items()
        if "completeness" not in {rule.signal for check in item.checks for rule in check.rules}
    }

    assert uncompared == {"psp-settlement", "pricelist-script"}


def test_one_recent_change_has_no_approval(estate: Catalogue) -> None:
    assert [change.connection for change in estate.changes if change.approved_by is None] == [
        "mes-bridge"
    ]


def test_everybody_who_can_be_pinged_has_an_address_of_the_example_domain(
    estate: Catalogue,
) -> None:
    addresses = [person.email or "" for person in estate.people.values()]

    assert all(address.endswith("@example.com") for address in addresses)


def test_shipped_content_stands_in_one_folder() -> None:
    assert example_catalogue().is_file()
    assert runbooks_dir() == Path(example_catalogue().parent, "runbooks")
