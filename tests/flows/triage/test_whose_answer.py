"""What a check was answered is told of whoever it asked, in the words that came."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.checks import settings_models
from bot.checks.http.answer import read_answer
from bot.checks.http.fetch import Call, HttpAnswer
from bot.checks.http.settings import HttpSettings
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import Observation, Reading, Signal
from bot.core.triage.playbook import ErrorClass
from bot.files.estate.load import load_text
from bot.flows.triage.briefing import Briefing, brief, main_error
from bot.language.marks import outside
from tests.builders import MINUTE, NOW
from tests.flows.scene import Scene
from tests.shipped import shipped_playbook

pytestmark = pytest.mark.anyio

README = Path(__file__).parents[3] / "README.md"
HTML, TEXT, JSON = "text/html", "text/plain", "application/json"
DEADLOCK = "ORA-00060: deadlock detected while waiting for resource"
ANSWERS: dict[str, tuple[int, str, str]] = {
    "a maintenance page": (200, HTML, "<title>Scheduled maintenance</title>We will be back soon"),
    "any page": (200, HTML, "<h1>Welcome</h1>"),
    "500 in words": (500, TEXT, "Internal Server Error"),
    "500 in JSON": (500, JSON, '{"error": "something broke"}'),
    "500 with its reason": (500, JSON, f'{{"error":"Internal Server Error: {DEADLOCK}"}}'),
    "500 and nothing": (500, TEXT, ""),
    "502": (502, HTML, "<h1>Bad Gateway</h1>"),
    "503": (503, TEXT, "upstream connect error or disconnect/reset before headers"),
    "404": (404, HTML, "<h1>Not Found</h1>"),
}
# Whose host is asked, by the address.
HOSTS = {
    "connector.maker.example": Lane.VENDOR,
    "api.erp-house.example": Lane.PUBLISHER,
    "sync.company.example": Lane.IT,
}


def of_the_readme(change: Callable[[str], str] = str) -> Catalogue:
    block = re.search(r"^```yaml\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert block is not None
    kinds = settings_models()
    loaded = load_text(change(block[1]), path=README, environ={}, kinds=kinds, runbooks=(), now=NOW)
    assert loaded.catalogue is not None, loaded.problems
    return loaded.catalogue


async def seen_at(connection: Connection, answer: tuple[int, str, str]) -> Observation:
    """What its check makes of the answer."""
    status, kind, body = answer
    settings = HttpSettings.of(connection.checks[0])
    call = Call(method="GET", url=httpx.URL(settings.url), seconds=1)
    came = HttpAnswer(
        status=status,
        reason=httpx.codes.get_reason_phrase(status),
        headers=httpx.Headers({"content-type": kind}),
        charset="utf-8",
        body=body.encode(),
    )

    async def ask(_: Call) -> HttpAnswer:
        return came

    where = f"GET {settings.url}"
    return await read_answer(came, settings, where, NOW, str, call=call, ask=ask)


async def briefed(catalogue: Catalogue, answer: tuple[int, str, str]) -> Briefing:
    async with await Scene.open(catalogue) as scene:
        scene.knowledge = replace(scene.knowledge, playbook=shipped_playbook())
        orders = catalogue.connections["shop-orders"]
        for other in catalogue.connections.values():
            for _ in range(3 if other is not orders else 0):
                fine = Reading(at=scene.now, signals={Signal.REACHABLE: True})
                await scene.records(fine, check=other.checks[0].key)
        seen = await seen_at(orders, answer)
        for _ in range(3):
            await scene.records(replace(seen, at=scene.now), check=orders.checks[0].key)
            scene.later(MINUTE)
        return await scene.do(brief, orders, NOW)


def beside(catalogue: Catalogue) -> Catalogue:
    """With two more connections to the same ERP, which run."""
    orders = catalogue.connections["shop-orders"]
    more = {
        id: replace(
            orders,
            id=id,
            name=id.title(),
            source=f"{id}-system",
            checks=(replace(orders.checks[0], connection=id, rules=()),),
        )
        for id in ("stock", "bills")
    }
    return replace(catalogue, connections={**catalogue.connections, **more})


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "others run"])
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_on_the_first_estate_of_all_it_is_the_connectors_vendor(
    answer: tuple[int, str, str], alone: bool
) -> None:
    estate = of_the_readme() if alone else beside(of_the_readme())

    said = (await briefed(estate, answer)).suggestion

    assert said.lane is Lane.VENDOR, said.reasons
    assert " on connector.example.com, a host of " in said.reasons[0]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_it_is_the_lane_of_whoever_owns_the_host_that_was_asked(
    host: str, answer: tuple[int, str, str]
) -> None:
    def known(text: str) -> str:
        text = text.replace("support@example.com", "support@maker.example")
        text = text.replace("@example.com", "@company.example")
        text = text.replace("erp: {name: ERP}", "erp: {name: ERP, publisher: erp-house}")
        house = "parties:\n  erp-house: {name: ERP House, contact: help@erp-house.example}"
        return text.replace("parties:", house).replace("connector.example.com", host)

    said = (await briefed(of_the_readme(known), answer)).suggestion

    assert said.lane is HOSTS[host], said.reasons


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_a_strangers_host_is_laid_on_nobody_whom_the_connection_does_not_name(
    answer: tuple[int, str, str],
) -> None:
    strange = of_the_readme(lambda text: text.replace("connector.example.com", "far.stranger.test"))

    said = (await briefed(strange, answer)).suggestion

    assert said.lane is not Lane.PUBLISHER, said.reasons


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_no_card_says_that_a_reason_is_missing_beside_the_reason(
    answer: tuple[int, str, str],
) -> None:
    facts = (await briefed(of_the_readme(), answer)).facts

    said = main_error(facts)

    assert "without saying why" not in said or not re.search(r"\w", answer[2])


async def test_what_the_far_end_says_of_itself_is_read_as_explain_reads_it() -> None:
    facts = (await briefed(of_the_readme(), ANSWERS["500 with its reason"])).facts

    assert next(iter(facts.hits)).entry.error_class is ErrorClass.CONCURRENCY
    assert DEADLOCK in outside(facts.check_errors[0])
