"""Values from outside are found in the settings of a check wherever they stand, whatever signs they
are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.files.estate.check_settings import SecretFinder, marked
from bot.files.validate import SHORTEST_SECRET
from bot.language.secret import Secret

SECRETS = [Secret("p.ss(w*rd"), Secret("k"), Secret("a|b|c|d|e|f"), Secret("tok-1234", ["1234"])]
FINDER = SecretFinder.of(SECRETS)
TEXT = st.text(st.sampled_from("ab|c.d(k*"), max_size=20)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_value_by_itself_is_marked_with_what_it_is_made_of(secret: Secret) -> None:
    found = marked({"a": [secret.reveal()]}, FINDER)["a"][0]

    assert isinstance(found, Secret)
    assert {secret.reveal(), *secret.parts} <= set(found.parts)


def test_within_a_longer_text_only_values_of_some_length_are_looked_for() -> None:
    text = "https://x/?k=p.ss(w*rd"

    assert FINDER.parts_of(text) == ["p.ss(w*rd"]
    assert marked("a knock", FINDER) == "a knock"
    assert not isinstance(marked("a knock", FINDER), Secret)


def test_what_the_model_calls_secret_stays_so() -> None:
    assert isinstance(marked(SecretStr("typed in the file"), FINDER), Secret)


@given(TEXT, st.lists(TEXT, max_size=5))
def test_it_is_found_as_by_looking_for_each(text: str, values: list[str]) -> None:
    found = SecretFinder.of(Secret(one) for one in values if one).parts_of(text)

    long = {one for one in values if len(one) >= SHORTEST_SECRET and one in text}
    assert set(found) == long | {one for one in values if one and one == text}


def test_an_estate_without_values_from_outside_has_none() -> None:
    assert SecretFinder.of(()).parts_of("anything") == []
