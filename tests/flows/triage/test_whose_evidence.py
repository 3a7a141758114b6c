"""What a check found is told of whoever it asked: a health page is no record, a plugin's grade no
status page, and a name server's answer none of the system's."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.estate.catalogue import Build, Catalogue, Connection, Party, System
from bot.core.estate.check_spec import CheckSpec
from bot.core.estate.lane import Lane
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Blind, Cause, FailedRecords, Observation, Reading, Signal
from bot.core.triage.error_class import red_pages
from bot.core.triage.lane_rules import AWAITED, STATUS_PAGE
from bot.core.triage.playbook import ErrorClass
from bot.flows.triage.briefing import Briefing, brief, main_error
from tests.builders import MINUTE, NOW, a_check, a_connection, an_estate
from tests.core.scene_estate import BOOK
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

HEALTH = "https://erp.example.com/health"
REQUIRED = "500 Internal Server Error: validation failed, field amount is required"


def check(kind: str, **settings: Any) -> CheckSpec:
    return a_check(id=kind, kind=kind, settings=settings or None, confirm=1, recover=1, rules=())


def estate(*checks: CheckSpec, **changes: Any) -> Catalogue:
    parties = {
        "vendor": Party(id="vendor", name="ShopLink", contact="help@shoplink.example"),
        "bank-co": Party(id="bank-co", name="Bank Co", contact="help@bank.example"),
    }
    connection = a_connection(
        build=Build.CUSTOM, lanes={Lane.VENDOR: "vendor"}, checks=checks, **changes
    )
    systems = {
        "shop": System(id="shop", name="Shop"),
        "erp": System(id="erp", name="ERP"),
        "bank": System(id="bank", name="Bank", publisher="bank-co"),
    }
    return an_estate(connection, systems=systems, parties=parties)


async def found(catalogue: Catalogue, **seen: Observation) -> tuple[Briefing, Connection]:
    async with await Scene.open(catalogue) as scene:
        scene.knowledge = replace(scene.knowledge, playbook=BOOK)
        for kind, observation in seen.items():
            await scene.records(observation, check=f"orders/{kind}")
        connection = catalogue.connections["orders"]
        since = scene.now - MINUTE
        return await scene.do(brief, connection, since), connection


def refused(said: str) -> Reading:
    return Reading(at=NOW, signals={Signal.REACHABLE: False}, error=said, cause=Cause.STATUS)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (REQUIRED, ErrorClass.PLATFORM_OUTAGE),
        ("500 Internal Server Error", ErrorClass.PLATFORM_OUTAGE),
        ("422 Unprocessable Entity", ErrorClass.UNKNOWN),
        ("400 Bad Request: duplicate key value", ErrorClass.UNKNOWN),
    ],
)
async def test_a_health_page_that_answers_with_an_error_is_no_error_of_a_record(
    answer: str, kind: ErrorClass
) -> None:
    catalogue = estate(check("http", url=HEALTH))
    briefing, _ = await found(catalogue, http=refused(f"GET {HEALTH}: {answer}"))

    assert briefing.facts.calls
    assert briefing.suggestion.error_class is kind
    assert not {"Payload", "Mapping", "Duplicate"} & {main_error(briefing.facts).split(":")[0]}


async def test_the_same_words_of_a_record_are_its_error() -> None:
    failed = (FailedRecords(text=f"HTTP {REQUIRED}", count=20),)
    seen = Reading(at=NOW, signals={Signal.FAILED: 20.0}, failed=failed)
    briefing, _ = await found(estate(check("http", url=HEALTH)), http=seen)

    assert briefing.suggestion.error_class is ErrorClass.MAPPING


STATUS_500 = "500 Internal Server Error NullReferenceException in StatusController.Get()"
ANSWERS = {
    "an error": (f"GET {{url}}: {STATUS_500}", Cause.STATUS),
    "no answer in time": ("GET {url}: nothing came within 10 s", Cause.TIMEOUT),
    "a door that is shut": ("GET {url}: connection refused", Cause.REFUSED),
}
HOSTS = {
    "https://api.shoplink.example/status": Lane.VENDOR,
    "https://status.erp-co.example/health": Lane.PUBLISHER,
    "http://10.0.0.7/status": Lane.IT,  # our own network
    "https://unknown.example/status": None,  # nobody knows whose: its maker begins
}


def beside_others(url: str, build: Build) -> Catalogue:
    """The same connection, which an `http` check asks there, and four others on the ERP."""
    made = estate(check("http", url=url))
    others = [a_connection(id=id, source=id, maintained_by=f"maker-{id}") for id in "abcd"]
    mine = replace(made.connections["orders"], build=build)
    erp = replace(made.systems["erp"], publisher="erp-co")
    erp_co = Party(id="erp-co", name="ERP Co", contact="help@erp-co.example")
    return replace(
        made,
        connections={one.id: one for one in (mine, *others)},
        systems={**made.systems, **{id: System(id=id, name=id) for id in "abcd"}, "erp": erp},
        parties={**made.parties, "erp-co": erp_co},
    )


async def fails(scene: Scene, id: str, text: str = "504 Gateway Timeout") -> None:
    failed = (FailedRecords(text=text, count=20),) if text else ()
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=failed)
        await scene.records(seen, check=f"{id}/api")


@pytest.mark.parametrize("build", [Build.NATIVE, Build.CUSTOM])
@pytest.mark.parametrize("url", HOSTS)
@pytest.mark.parametrize("answer", ANSWERS)
async def test_how_a_call_of_our_own_ended_is_told_of_the_host_that_was_called(
    build: Build, url: str, answer: str
) -> None:
    """However many others on the ERP fail beside it, for reasons of their own, while one runs."""
    said, cause = ANSWERS[answer]
    catalogue, wrong = beside_others(url, build), {Signal.REACHABLE: False}
    mine, *others = catalogue.connections.values()
    expected = HOSTS[url] or (Lane.VENDOR if build is Build.NATIVE else Lane.IT)
    async with await Scene.open(catalogue) as scene:
        scene.knowledge = replace(scene.knowledge, playbook=BOOK)
        for one in others:
            await scene.sees(Verdict.OK, check=f"{one.id}/api")
        text = said.format(url=url)
        seen = Reading(at=scene.now, signals=wrong, error=text, cause=cause)
        await scene.records(seen, check="orders/http")
        for one in others[:-1]:
            briefing = await scene.do(brief, mine, scene.now)
            assert briefing.suggestion.lane is expected, briefing.suggestion.reasons
            await fails(scene, one.id)


QUEUE_GROWS = Reading(at=NOW, signals={Signal.REACHABLE: True, Signal.QUEUE_DEPTH: 500.0})
NO_ANSWER = Reading(
    at=NOW, signals={Signal.REACHABLE: False}, error="nothing came", cause=Cause.TIMEOUT
)


@pytest.mark.parametrize(
    ("seen", "others", "network"),
    [
        pytest.param(QUEUE_GROWS, "504 Gateway Timeout", False, id="all of them were answered"),
        pytest.param(QUEUE_GROWS, "", False, id="it was answered itself"),
        pytest.param(NO_ANSWER, "504 Gateway Timeout", False, id="the others were answered"),
        pytest.param(NO_ANSWER, "", True, id="nothing is known of any of them"),
    ],
)
async def test_the_network_is_looked_at_first_only_where_none_of_them_was_answered(
    seen: Reading, others: str, network: bool
) -> None:
    catalogue = beside_others("https://unknown.example/status", Build.CUSTOM)
    async with await Scene.open(catalogue) as scene:
        scene.knowledge = replace(scene.knowledge, playbook=BOOK)
        await scene.sees(Verdict.OK, check="d/api")
        for id in "abc":
            await fails(scene, id, others)
        await scene.records(seen, check="orders/http")
        mine = catalogue.connections["orders"]
        briefing = await scene.do(brief, mine, scene.now)

    said = " ".join(briefing.suggestion.reasons)
    assert ("look at the network first" in said) is network


@pytest.mark.parametrize("kind", ["nagios", "heartbeat", "webhook", "dns"])
async def test_what_somebody_else_reports_is_no_word_of_the_system(kind: str) -> None:
    seen = Reading(at=NOW, signals={Signal.REACHABLE: True, Signal.STATUS: "critical"})
    briefing, _ = await found(estate(check(kind)), **{kind: seen})

    assert red_pages(briefing.facts) == ()
    assert Signal.STATUS not in briefing.facts.signals
    assert Signal.REACHABLE not in briefing.facts.signals


async def test_a_status_is_the_word_of_the_host_that_was_asked_for_it() -> None:
    catalogue = estate(check("http", url="https://api.shoplink.example/status"))
    seen = Reading(at=NOW, signals={Signal.REACHABLE: True, Signal.STATUS: "major"})
    briefing, connection = await found(catalogue, http=seen)
    votes = {vote.rule: vote.lane for vote in briefing.suggestion.votes}

    assert connection.lanes[Lane.VENDOR] == "vendor"
    assert votes[STATUS_PAGE] is Lane.VENDOR


async def test_a_server_that_cannot_be_seen_does_not_answer_because_another_one_does() -> None:
    checks = (
        check("http", url=HEALTH),
        check("sftp", host="sftp.bank.example", user="u", password="p", host_key="any"),
    )
    catalogue = estate(*checks, source="bank")
    http = Reading(at=NOW, signals={Signal.REACHABLE: True})
    good = Reading(at=NOW, signals={Signal.REACHABLE: True})
    hidden = Blind(at=NOW, reason="no answer", cause=Cause.TIMEOUT)

    for sftp, awaited in ((good, True), (hidden, False)):
        briefing, _ = await found(catalogue, http=http, sftp=sftp)
        assert (AWAITED in {vote.rule for vote in briefing.suggestion.votes}) is awaited


async def test_it_answers_only_where_every_check_of_it_is_answered() -> None:
    checks = (check("tcp", host="erp.example.com", port=443), check("http", url=HEALTH))
    briefing, _ = await found(
        estate(*checks),
        tcp=refused("Connection refused"),
        http=Reading(at=NOW, signals={Signal.REACHABLE: True}),
    )

    assert briefing.facts.signals[Signal.REACHABLE] is False
