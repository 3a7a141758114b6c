"""How incidents are driven, as the estate file says it."""

import pytest

from bot.core.estate.lane import Lane
from tests.builders import HOUR, MINUTE
from tests.files.estate_text import catalogue, errors, with_instead, with_line

POLICIES = """\
policies:
  - {criticality: [critical], lanes: [vendor], lease: 20m, ladder: [{after: 5m, ping: [alice]}]}
  - {lease: 4h, ask_before: 30m, joint_call: 2h}"""


def test_a_connection_keeps_the_policies_of_its_criticality_in_their_order() -> None:
    estate = catalogue(with_line(POLICIES, after="version: 1"))

    (policy,) = estate.connections["orders"].policies
    assert (policy.lease, policy.ask_before, policy.joint_call) == (4 * HOUR, 30 * MINUTE, 2 * HOUR)


def test_what_the_connection_says_itself_comes_before_its_policy() -> None:
    text = with_line("    lease: 1h", after="    name: Orders").replace(
        "version: 1\n", f"version: 1\n{POLICIES}\n"
    )

    (policy,) = catalogue(text).connections["orders"].policies

    assert policy.lease == HOUR


def test_a_party_has_ways_to_be_reached_and_a_named_contact() -> None:
    line = "  maker: {name: Maker, email: a@b.example, slack_channel: '#ext', person: bob}"
    text = with_instead(line, old="  maker:")
    text = text.replace("    name: Orders\n", "    name: Orders\n    accountable: vendor\n")

    estate = catalogue(text)

    party = estate.parties["maker"]
    assert (party.email, party.slack_channel, party.person) == ("a@b.example", "ext", "bob")
    assert estate.connections["orders"].accountable is Lane.VENDOR


def test_effect_and_close_are_read() -> None:
    text = with_line("effect: {amount: 5000}\nclose: {working_days: [1, 2]}", after="version: 1")

    estate = catalogue(text)

    assert (estate.effect.amount, estate.effect.records) == (5000, None)
    assert (estate.close.working_days, estate.close.domains) == ((1, 2), ("finance",))


@pytest.mark.parametrize(
    "line",
    [
        "close: {working_days: [0]}",
        "effect: {amount: -1}",
        "policies: [{lanes: [nobody]}]",
        "policies: [{ladder: [{after: 5m, ping: [stranger]}]}]",
    ],
)
def test_what_cannot_be_meant_is_an_error(line: str) -> None:
    assert errors(with_line(line, after="version: 1")) != []
