"""Whatever a notice says, its words are valid in Slack in every state of what it is about."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from bot.core.outbox.notice import NOTICES, Notice, stored
from bot.flows.views import IncidentView
from bot.slack.notice_words import (
    about_connection,
    about_incident,
    line,
    personal,
    post,
    repeatable,
)
from bot.slack.outbox import personal_words
from bot.store.store import Store
from tests.builders import NOW, a_connection, knowledge_of
from tests.slack.test_blocks import FACE, LONG, a_view, assert_valid, bare, states, worse

pytestmark = pytest.mark.anyio
TEXTS = ["fine", LONG, ""]
# Our own ids: values of buttons, never text from outside.
_IDS = {"key": "orders/api-key", "channel": "C0", "share": "about half of the time"}


def saying(kind: type[Any], text: str) -> Any:
    """A notice, or a row of one, with `text` in the place of every free text."""
    hints = get_type_hints(kind, include_extras=True)
    return kind(
        **{one.name: _IDS.get(one.name) or _value(hints[one.name], text) for one in fields(kind)}
    )


def _value(hint: Any, text: str) -> Any:
    of = get_args(hint)
    if get_origin(hint) is Annotated:
        return {"person": "bob", "connection": "orders"}.get(of[1], of[1])
    if get_origin(hint) is tuple:
        several = 1 if is_dataclass(of[0]) else 3  # rows of one message have different ids
        return tuple(_value(one, text) for one in (of[:1] * several if ... in of else of))
    if get_origin(hint) in (dict, Mapping):
        return {_value(of[0], text): _value(of[1], text)}
    if of:
        return _value(of[0], text)
    if is_dataclass(hint):
        return saying(hint, text)
    if issubclass(hint, Enum):
        return next(iter(hint))
    plain = {str: text, int: 7, float: 7.0, bool: True, datetime: NOW, date: NOW.date()}
    return plain[hint]


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    opened = await Store.open(None)
    yield opened
    await opened.close()


@pytest.fixture(params=["plain", "hostile", "bare"])
async def view(store: Store, request: pytest.FixtureRequest) -> IncidentView:
    found = await a_view(store, knowledge_of())
    if request.param == "plain":
        return found
    return worse(found, LONG) if request.param == "hostile" else bare(found)


@pytest.mark.parametrize("text", TEXTS)
async def test_what_is_told_of_an_incident(view: IncidentView, text: str) -> None:
    for each in states(view):
        for told in (saying(kind, text) for kind in NOTICES.values()):
            if type(told) in line or type(told) in post:
                assert_valid(personal_words.in_channel(told.what, stored(told), each, FACE))
            if type(told) in about_incident or type(told) in repeatable:
                assert_valid(_to_person(told, view=each))


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_told_of_anything_else(text: str) -> None:
    connection = replace(a_connection(), name=text or "x")
    for told in (saying(kind, text) for kind in NOTICES.values()):
        if type(told) in personal or type(told) in about_connection:
            assert_valid(_to_person(told, connection=connection))


def _to_person(told: Notice, **about: Any) -> Any:
    given = {"view": None, "connection": None, "channel": "C0", "writer": FACE} | about
    return personal_words.personal(told.what, stored(told), **given)
