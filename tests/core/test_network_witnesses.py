"""Only what may not have been answered speaks for the network."""

import pytest

from bot.core import lane_rules, triage
from bot.core.catalogue import System
from bot.core.facts import gather
from bot.core.playbook import ErrorClass, Playbook
from tests.builders import NOW, a_connection, an_estate


@pytest.mark.parametrize(
    ("fails_with", "network"),
    [
        ("", True),
        (ErrorClass.CONNECTIVITY, True),
        (ErrorClass.RATE_LIMIT, False),
        (ErrorClass.MAPPING, False),
        (ErrorClass.PAYLOAD, False),
    ],
)
def test_what_was_answered_says_nothing_of_the_network(fails_with, network):
    mine = a_connection()
    near = a_connection(id="near", name="near", source="shop", target="crm")
    far = a_connection(id="far", name="far", source="bank", target="erp")
    systems = {id: System(id=id, name=id) for id in ("shop", "erp", "crm", "bank")}
    estate = an_estate(mine, near, far, systems=systems)
    found = gather(
        mine,
        estate,
        Playbook(entries=()),
        now=NOW,
        verdicts={"near": "failing", "far": "failing"},
        kinds={"near": fails_with, "far": fails_with},
    )

    rules = {vote.rule for vote in triage.suggest(found, mine, estate, NOW).votes}

    assert (lane_rules.NETWORK in rules) is network
