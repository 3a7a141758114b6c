"""What a check found is told of whoever it asked: a health page is no record, a plugin's grade no
status page, and a name server's answer none of the system's."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.catalogue import Build, Catalogue, CheckSpec, Connection, Lane, Party, System
from bot.core.lane_rules import AWAITED, STATUS_PAGE
from bot.core.likely import red_pages
from bot.core.playbook import ErrorClass
from bot.core.signals import Blind, Cause, FailedRecords, Observation, Reading, Signal
from bot.flows.briefing import Briefing, brief, main_error
from tests.builders import MINUTE, NOW, a_check, a_connection, an_estate
from tests.core.scene_estate import BOOK
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

HEALTH = "https://erp.example.com/health"
REQUIRED = "500 Internal Server Error: validation failed, field amount is required"


def check(kind: str, **settings: Any) -> CheckSpec:
    return a_check(id=kind, kind=kind, settings=settings, confirm=1, recover=1, rules=())


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
        return await scene.run(brief, scene.knowledge, connection, scene.now, since), connection


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
    checks = (check("http", url=HEALTH), check("sftp", host="sftp.bank.example"))
    catalogue = estate(*checks, source="bank")
    http = Reading(at=NOW, signals={Signal.REACHABLE: True})
    good = Reading(at=NOW, signals={Signal.REACHABLE: True})
    hidden = Blind(at=NOW, reason="no answer", cause=Cause.TIMEOUT)

    for sftp, awaited in ((good, True), (hidden, False)):
        briefing, _ = await found(catalogue, http=http, sftp=sftp)
        assert (AWAITED in {vote.rule for vote in briefing.suggestion.votes}) is awaited


async def test_it_answers_only_where_every_check_of_it_is_answered() -> None:
    checks = (check("tcp", host="erp.example.com"), check("http", url=HEALTH))
    briefing, _ = await found(
        estate(*checks),
        tcp=refused("Connection refused"),
        http=Reading(at=NOW, signals={Signal.REACHABLE: True}),
    )

    assert briefing.facts.signals[Signal.REACHABLE] is False
