"""The example estate answers what people would ask of it."""

from functools import cache

import pytest

from bot.checks import settings_models
from bot.core.ask.answer import SpokenAnswer
from bot.core.ask.conversation import ask
from bot.core.ask.question_shapes import Intent
from bot.core.knowledge import Knowledge
from bot.files.content import example_catalogue
from bot.files.library import Library
from tests.builders import NOW
from tests.core.phrasings_for_the_example import NOT_OURS, SEVERAL, SURE


@cache
def example() -> Knowledge:
    library = Library(example_catalogue(), environ={}, kinds=settings_models())
    library.reload(NOW)
    return library.knowledge()


def asked(text: str) -> SpokenAnswer:
    known = example()
    return ask(known.catalogue, text, NOW, asker="integration-owner", index=known.index)


@pytest.mark.parametrize(("text", "meant"), SURE.items())
def test_a_question_with_one_meaning_is_answered(
    text: str, meant: tuple[Intent, str | None]
) -> None:
    answer = asked(text)

    assert (answer.intent, answer.id, answer.confident) == (*meant, True), answer.choices


@pytest.mark.parametrize(("text", "candidates"), SEVERAL.items())
def test_a_question_with_several_meanings_is_asked_back(
    text: str, candidates: frozenset[str]
) -> None:
    answer = asked(text)

    assert not answer.confident
    assert candidates <= {match.id for match in answer.matches}


@pytest.mark.parametrize("text", NOT_OURS)
def test_what_the_estate_does_not_know_is_not_guessed(text: str) -> None:
    assert not asked(text).confident


def test_an_item_of_an_order_is_not_the_stock_of_items() -> None:
    assert asked("who fixes an unknown item on web shop orders?").connection == "shop-orders"
