"""Nothing is said of makers whom nobody has named, and one party is no other maker than itself."""

import pytest

from bot.core.estate.catalogue import Build, Credential, System
from bot.core.estate.lane import Lane
from bot.core.incidents.correlation import whole_lane
from bot.core.triage import suggest
from bot.core.triage.facts import related
from bot.core.triage.lane_evidence import weigh
from bot.core.triage.party_lanes import credential_owner_lane, page_of
from bot.core.triage.playbook import ErrorClass, Playbook
from tests.builders import NOW, a_connection, a_person, an_estate, gathered


@pytest.mark.parametrize(
    ("mine", "theirs", "claimed"),
    [
        pytest.param((None, None), ("b", None), False, id="nobody named mine"),
        pytest.param(("a", None), (None, None), False, id="nobody named theirs"),
        pytest.param((None, "a"), (None, "a"), False, id="one vendor"),
        pytest.param(("a", None), (None, "a"), False, id="named in two places"),
        pytest.param(("a", None), (None, "b"), True, id="two parties"),
    ],
)
def test_other_makers_are_named_parties_that_differ(mine, theirs, claimed):
    one, other = (
        a_connection(
            id=id,
            name=id,
            build=Build.NATIVE,
            maintained_by=maker,
            lanes={Lane.VENDOR: vendor} if vendor else {},
        )
        for id, (maker, vendor) in (("orders", mine), ("bills", theirs))
    )
    estate = an_estate(one, other)
    found = gathered(one, estate, Playbook(entries=()), now=NOW, verdicts={"bills": "failing"})

    said = " ".join(suggest.suggest(found, one, estate, NOW).reasons)

    assert ("by other makers" in said) is claimed


def made_by(*makers):
    return tuple(
        a_connection(id=f"flow-{place}", maintained_by=maker, lanes={})
        for place, maker in enumerate(makers)
    )


@pytest.mark.parametrize(
    ("makers", "said"),
    [
        pytest.param((None, None, None), None, id="nobody knows any"),
        pytest.param(("a", None, None), None, id="one is known"),
        pytest.param(("a", "a"), None, id="one maker"),
        pytest.param(("a", "b"), "2 connections by 2 makers fail alike on ERP.", id="two makers"),
        pytest.param(
            ("a", "b", None),
            "2 connections by 2 makers fail alike on ERP, and 1 of which nobody knows the maker.",
            id="two makers and an unknown one",
        ),
    ],
)
def test_an_outage_is_the_publishers_when_makers_that_are_known_differ(makers, said):
    found = whole_lane(made_by(*makers), ErrorClass.PLATFORM_OUTAGE, "ERP")

    assert found == ((Lane.PUBLISHER, said) if said else None)


def test_a_maker_that_nobody_knows_adds_no_weight():
    def points(*makers):
        mine, *others = made_by("own", *makers)
        estate = an_estate(mine, *others)
        verdicts = dict.fromkeys((one.id for one in others), "failing")
        found = gathered(mine, estate, Playbook(entries=()), now=NOW, verdicts=verdicts)
        evidence = weigh(found, mine, estate, NOW)
        return sum(one.points for one in evidence if one.lane is Lane.PUBLISHER)

    assert points("a", None) == points("a", "a")
    assert points("a", "b") > points("a", "a")


def test_a_login_is_kept_by_somebody_only_where_every_owner_is_known():
    party = a_person("keeper", works_for="vendor")
    keys = (
        Credential(id="one", name="One", owner="keeper"),
        Credential(id="two", name="Two", owner=None),
    )
    both, first = (a_connection(credentials=keys[:count]) for count in (2, 1))
    estate = an_estate(first, people={"keeper": party})

    assert credential_owner_lane(first, estate) is Lane.VENDOR
    assert credential_owner_lane(both, estate) is None


def test_credentials_of_one_name_are_not_one_login():
    def a_flow(id, same_as=""):
        key = Credential(id="api", name="API", same_as=same_as)
        return a_connection(id=id, source=f"{id}-a", target=f"{id}-b", lanes={}, credentials=(key,))

    assert not related(a_flow("one"), a_flow("two"), an_estate())
    assert related(a_flow("one"), a_flow("two", same_as="one/api"), an_estate())


def test_two_addresses_that_cannot_be_read_are_not_one_page():
    erp = System(id="erp", name="ERP", publisher="erp-co", status_page="${ERP_STATUS}")
    estate = an_estate(systems={"erp": erp})

    assert page_of("${SHOP_STATUS}", a_connection(lanes={}), estate) == (None, Lane.PUBLISHER)
