"""What somebody said of a credential's new end is shown with its source until the file agrees."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ask.conversation import ask
from bot.core.estate.catalogue import Catalogue, Credential
from bot.core.governance.audit.audit import audit
from bot.core.governance.dossier import sections
from bot.core.governance.handbook import book
from bot.core.monitoring.rules import Verdict
from bot.flows import estate_views
from bot.flows.estate import ledger
from bot.flows.governance import audit as governance
from bot.flows.governance import credential_expiry
from bot.language.marks import when
from tests.builders import DAY, NOW, a_connection, an_estate, knowledge_of
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

TODAY = NOW.date()
FILED, ENDS = TODAY + timedelta(days=3), TODAY + timedelta(days=400)
KEY = Credential(
    id="api-key",
    name="Shop key",
    owner="alice",
    expires=FILED,
    rotated=TODAY - 400 * DAY,
    rotate_every=365 * DAY,
)
SOURCE = f"said by ‹p:bob› {when(NOW)}; the estate file still says {FILED}"


def estate(key: Credential = KEY) -> Catalogue:
    return an_estate(
        a_connection(credentials=(key,)),
        a_connection(
            id="stock",
            name="Stock",
            credentials=(replace(key, same_as="orders/api-key"),),
        ),
    )


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Bob said that the key of both connections is renewed."""
    async with await Scene.open(estate()) as stage:
        await stage.do(credential_expiry.rotated, "orders/api-key", ends=ENDS, by="bob", now=NOW)
        yield stage


async def shown(scene: Scene) -> Catalogue:
    return await scene.run(ledger.with_told_end_dates, scene.knowledge.catalogue)


@pytest.mark.parametrize("connection", ["orders", "stock"])
async def test_the_dossiers_of_all_that_use_it_say_the_new_end_and_who_said_it(
    scene: Scene, connection: str
) -> None:
    one = scene.knowledge.catalogue.connections[connection]

    view = await scene.do(estate_views.dossier, one)

    said = " ".join(line.text for line in view.evidence)
    assert SOURCE in said
    assert "in 400 d" in said


async def test_handbook_register_and_answers_say_it_too(scene: Scene) -> None:
    catalogue = await shown(scene)
    one = catalogue.connections["orders"]

    texts = (
        str(ask(catalogue, "when does the token of orders expire?", NOW).text),
        str(ask(catalogue, "which credentials expire?", NOW).text),
        str(sections(catalogue, one)),
        str(book(catalogue, audit(catalogue, NOW))),
    )

    assert all(SOURCE in text and str(ENDS) in text for text in texts)


async def test_the_audit_no_longer_calls_the_rotation_overdue(scene: Scene) -> None:
    def overdue(ids: list[str]) -> bool:
        return "rotation-overdue" in ids

    before = [one.id for one in audit(scene.knowledge.catalogue, NOW).findings.open]
    view = await scene.do(governance.view, now=NOW)

    assert overdue(before)
    assert not overdue([one.id for one in view.audit.findings.open])


async def test_once_the_file_agrees_only_the_file_is_shown(scene: Scene) -> None:
    scene.knowledge = knowledge_of(estate(replace(KEY, expires=ENDS)))

    catalogue = await shown(scene)

    assert catalogue.connections["orders"].credentials == (replace(KEY, expires=ENDS),)


async def test_a_credential_that_left_the_file_is_nobodys_business(scene: Scene) -> None:
    scene.knowledge = knowledge_of(an_estate(a_connection()))

    assert await shown(scene) is scene.knowledge.catalogue


async def test_a_claim_that_a_check_contradicts_is_not_shown(scene: Scene) -> None:
    await scene.sees(Verdict.OK, expires_at=credential_expiry.midnight(FILED))

    found = await scene.do(
        credential_expiry.verify, "orders/api-key", ends=ENDS, watchers=("orders/api",)
    )

    assert found == (False, "orders/api")
    assert await shown(scene) is scene.knowledge.catalogue
