"""Only what may not have been answered speaks for the network."""

import pytest

from bot.core.estate.catalogue import System
from bot.core.monitoring.heartbeat import PUSHED
from bot.core.monitoring.signals import Cause
from bot.core.triage import lane_rules, suggest
from bot.core.triage.playbook import ErrorClass, Playbook
from tests.builders import NOW, a_check, a_connection, an_estate, gathered


@pytest.mark.parametrize(
    ("fails_with", "network"),
    [
        ("", True),
        (ErrorClass.CONNECTIVITY, True),
        (ErrorClass.PLATFORM_OUTAGE, False),
        (ErrorClass.RATE_LIMIT, False),
        (ErrorClass.MAPPING, False),
        (ErrorClass.PAYLOAD, False),
    ],
)
def test_what_was_answered_says_nothing_of_the_network(fails_with, network):
    kinds = {"near": fails_with, "far": fails_with}
    rules = rules_for({"near": "failing", "far": "failing"}, kinds=kinds)

    assert (lane_rules.NETWORK in rules) is network


@pytest.mark.parametrize(
    ("verdicts", "suppressed", "network"),
    [
        pytest.param(("failing", "failing"), (), True, id="both fail"),
        pytest.param(("degraded", "failing"), (), False, id="one is only degraded"),
        pytest.param(("unknown", "failing"), (), False, id="one cannot be seen"),
        pytest.param(("failing", "failing"), ("far",), False, id="one is in maintenance"),
    ],
)
def test_only_what_really_fails_now_speaks_for_the_network(verdicts, suppressed, network):
    rules = rules_for(dict(zip(("near", "far"), verdicts, strict=True)), suppressed=suppressed)

    assert (lane_rules.NETWORK in rules) is network


@pytest.mark.parametrize("verdict", ["degraded", "unknown"])
def test_only_what_is_known_to_run_clears_what_it_shares(verdict):
    assert lane_rules.ALONE in rules_for({"near": "ok", "far": "ok"})
    assert lane_rules.ALONE not in rules_for({"near": "ok", "far": verdict})


def rules_for(verdicts, own=(), theirs=(), **known):
    """Which rules argue, where one other connection uses each end."""
    mine = a_connection(checks=own)
    near = a_connection(id="near", name="near", source="shop", target="crm", checks=theirs)
    far = a_connection(id="far", name="far", source="bank", target="erp")
    systems = {id: System(id=id, name=id) for id in ("shop", "erp", "crm", "bank")}
    estate = an_estate(mine, near, far, systems=systems)
    found = gathered(mine, estate, Playbook(entries=()), now=NOW, verdicts=verdicts, **known)

    return {vote.rule for vote in suggest.suggest(found, mine, estate, NOW).votes}


@pytest.mark.parametrize(
    ("known", "network"),
    [
        pytest.param({}, True, id="nobody knows"),
        pytest.param({"calls": {"slow": Cause.TIMEOUT}}, True, id="no answer came"),
        pytest.param({"calls": {"bad": Cause.STATUS}}, False, id="an error was answered"),
        pytest.param({"answered": frozenset({"http"})}, False, id="records fail, and it answers"),
    ],
)
def test_whoever_was_answered_does_not_look_at_the_network(known, network):
    rules = rules_for({"near": "failing", "far": "failing"}, **known)

    assert (lane_rules.NETWORK in rules) is network


@pytest.mark.parametrize("kind", sorted(PUSHED))
def test_what_is_only_pushed_to_us_says_nothing_of_the_network(kind):
    pushed, both = (a_check(kind=kind),), {"near": "failing", "far": "failing"}

    assert lane_rules.NETWORK in rules_for(both)
    assert lane_rules.NETWORK not in rules_for(both, own=pushed)
    assert lane_rules.NETWORK not in rules_for(both, theirs=pushed)


@pytest.mark.parametrize(("target", "network"), [("erp", False), ("crm", True)])
def test_what_runs_between_the_same_two_systems_reaches_no_different_ones(target, network):
    mine = a_connection()
    three, four = (
        a_connection(id=id, name=id, target=target, maintained_by=f"maker-{id}")
        for id in ("three", "four")
    )
    runs = a_connection(id="runs", name="runs", maintained_by="maker-runs")
    systems = {id: System(id=id, name=id) for id in ("shop", "erp", "crm")}
    estate = an_estate(mine, three, four, runs, systems=systems)
    verdicts = {"three": "failing", "four": "failing", "runs": "ok"}
    found = gathered(mine, estate, Playbook(entries=()), now=NOW, verdicts=verdicts)

    suggested = suggest.suggest(found, mine, estate, NOW)

    assert (lane_rules.NETWORK in {vote.rule for vote in suggested.votes}) is network
    assert ("different systems" in " ".join(suggested.reasons)) is network


@pytest.mark.parametrize("own", [ErrorClass.PERIOD_CLOSED, ErrorClass.RATE_LIMIT])
def test_the_network_is_argued_with_those_only_that_may_have_met_it(own):
    mine, *others = (
        a_connection(id=id, name=id, source=id, maintained_by=f"maker-{id}")
        for id in ("mine", "one", "two", "known", "runs")
    )
    systems = {id: System(id=id, name=id) for id in ("erp", "mine", "one", "two", "known", "runs")}
    estate = an_estate(mine, *others, systems=systems)
    verdicts = {**dict.fromkeys(("one", "two", "known"), "failing"), "runs": "ok"}
    kinds = {"known": own}
    found = gathered(mine, estate, Playbook(entries=()), now=NOW, verdicts=verdicts, kinds=kinds)

    reasons = suggest.suggest(found, mine, estate, NOW).reasons

    assert [one for one in reasons if "network" in one and one.startswith("one, two fail too")]
