"""Evidence leaves by mail or in a shared channel, and what cannot leave says why."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.estate.catalogue import Party
from bot.core.estate.lane import Lane
from bot.core.incidents.notices import EvidenceWritten
from bot.core.outbox.address import read_address
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What, stored
from bot.delivery.page import page_person
from bot.flows.outbox.fallback import Mail, NotMailed
from bot.slack.outbox.outside_parties import OutsideParties
from bot.slack.platform.gateway import Later
from bot.slack.platform.users import Unreachable
from tests.builders import NOW, an_estate, knowledge_of
from tests.slack.conftest import Bench

pytestmark = pytest.mark.anyio


EVIDENCE = EvidenceWritten(
    subject="[INC-1] orders",
    body="Our reference: INC-1 <!channel>",
    lane=Lane.VENDOR,
    party="vendor",
)


def letter(to: str) -> OutboxMessage:
    return OutboxMessage(
        id=7,
        kind="say",
        stream=to,
        subject="incident:1",
        to=read_address(to),
        what=What.PACKET,
        facts=stored(EVIDENCE),
        created_at=NOW,
        attempts=1,
    )


def parties(bench: Bench, mail: Any = None, **party: Any) -> OutsideParties:
    estate = an_estate(parties={"vendor": Party(id="vendor", name="ShopLink", **party)})
    known = knowledge_of(estate)
    runtime = replace(bench.runtime, knowledge=lambda: known)
    return OutsideParties(runtime, bench.poster, mail, page_person(()))


async def test_a_shared_channel_gets_the_evidence_and_nobody_is_called(bench: Bench) -> None:
    outside = parties(bench, slack_channel="general")

    channel, ts = await outside.deliver(letter("party-channel:vendor"))

    seen = await bench.slack.member("Bob").sees("#general", "Our reference: INC-1")
    assert channel == bench.general
    assert ts == seen.ts
    assert "&lt;!channel&gt;" in str(seen.blocks)


async def test_a_mail_is_the_same_one_at_every_try(bench: Bench) -> None:
    sent: list[Mail] = []

    async def mail(one: Mail) -> None:
        sent.append(one)

    outside = parties(bench, mail, email="help@maker.example")
    await outside.deliver(letter("party:vendor"))
    await outside.deliver(letter("party:vendor"))

    assert sent[0] == sent[1]
    assert (sent[0].to, sent[0].subject) == ("help@maker.example", "[INC-1] orders")


@pytest.mark.parametrize(("final", "raised"), [(True, Unreachable), (False, Later)])
async def test_a_mail_that_was_not_taken_is_given_up_or_put_off(
    bench: Bench, final: bool, raised: type[Exception]
) -> None:
    async def mail(one: Mail) -> None:
        raise NotMailed("the mail server said no", final=final)

    with pytest.raises(raised, match="said no"):
        await parties(bench, mail, email="help@maker.example").deliver(letter("party:vendor"))


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("party:vendor", "FIRSTLANE_SMTP_URL"),
        ("party:gone", "no longer in the catalogue"),
        ("party-channel:vendor", "no longer names a shared channel"),
    ],
)
async def test_without_a_way_the_card_learns_why(bench: Bench, to: str, why: str) -> None:
    with pytest.raises(Unreachable, match=why):
        await parties(bench, email="help@maker.example").deliver(letter(to))
