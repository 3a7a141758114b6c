"""What names a credential in the estate: whose it is, and never that two are called alike."""

from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Catalogue, Credential
from bot.core.governance.credential_expiry import subjects
from bot.core.incidents.correlation import Common
from bot.core.triage.facts import Shared, neighbours
from bot.core.triage.playbook import ErrorClass
from tests.builders import DAY, NOW, a_connection, an_estate

KEY = Credential(id="key", name="API key", expires=(NOW + 3 * DAY).date())


def two(other: Credential) -> Catalogue:
    """Two connections that have nothing else in common."""
    stock = a_connection(id="stock", source="mill", target="dock", lanes={}, credentials=(other,))
    return an_estate(a_connection(credentials=(KEY,)), stock)


@pytest.mark.parametrize("kind", [ErrorClass.CREDENTIALS, ErrorClass.PERMISSION])
@pytest.mark.parametrize(
    ("other", "one"),
    [
        (KEY, False),
        (replace(KEY, id="theirs"), False),
        (replace(KEY, same_as="orders/key"), True),
        (Credential(id="ours", name="Our key", same_as="orders/key"), True),
        (replace(KEY, same_as="elsewhere/key"), False),
    ],
    ids=["alike", "same name", "said to be one", "called otherwise", "another one"],
)
def test_only_what_is_said_to_be_one_credential_is_one(
    other: Credential, one: bool, kind: ErrorClass
) -> None:
    estate = two(other)
    orders, stock = estate.connections["orders"], estate.connections["stock"]

    cause = Common.of(orders, stock).cause(kind.value, estate)
    near = [item.kind for item in neighbours(orders, estate, {})]
    watched = subjects(estate, (), {})

    assert (cause is not None) is one
    assert (Shared.CREDENTIAL in near) is one
    if one:
        assert [subject.connections for subject in watched] == [("orders", "stock")]
    elif other.expires:
        assert sorted(subject.connections for subject in watched) == [("orders",), ("stock",)]
