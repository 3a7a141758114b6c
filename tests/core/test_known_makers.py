"""Nothing is said of makers whom nobody has named, and one party is no other maker than itself."""

import pytest

from bot.core import triage
from bot.core.catalogue import Build, Lane
from bot.core.facts import gather
from bot.core.playbook import Playbook
from tests.builders import NOW, a_connection, an_estate


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
    found = gather(one, estate, Playbook(entries=()), now=NOW, verdicts={"bills": "failing"})

    said = " ".join(triage.suggest(found, one, estate, NOW).reasons)

    assert ("by other makers" in said) is claimed
