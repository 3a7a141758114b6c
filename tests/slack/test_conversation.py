"""A sentence is answered as a colleague would, and never with a deed."""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.checks import settings_models
from bot.core.knowledge import Knowledge
from bot.files.content import example_catalogue, runbooks_dir
from bot.files.estate.load import load_text
from bot.files.triage.playbooks import load_playbook
from bot.flows.incidents import open_incident
from bot.language.errors import BotError
from bot.slack import commands
from bot.slack.handler import Handler
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage
from bot.slack.request import Request
from tests.builders import NOW, knowledge_of
from tests.slack.conftest import Bench
from tests.slack.everyday_sentences import (
    ERROR,
    ESTATE,
    FRIENDLY,
    HELP,
    KEPT_ASIDE,
    QUESTION,
    TUNED_ON,
)
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio

_LOOKS = {Action.WHO, Action.SHOW, Action.CHECK, Action.LINK, Action.TIMELINE}
# Word of a command under a button that goes on with it.
_ONLY_ASKS = {"status", "who", "show", "check", "explain", "audit", "changes", "sla", "stuck"}


# Families that the sentences speak of; reading every one of them takes a slow machine long.
_FAMILIES = ("business-central", "oauth", "sql", "transport")


@cache
def the_example() -> Knowledge:
    """The shipped estate, with a part of the shipped playbook."""
    loaded = load_text(
        example_catalogue().read_bytes(),
        path=example_catalogue(),
        environ={},
        kinds=settings_models(),
        runbooks=(),
        now=NOW,
    )
    with TemporaryDirectory() as folder:
        for name in _FAMILIES:
            copy(runbooks_dir() / "playbooks" / f"{name}.yaml", folder)
        playbook, _ = load_playbook(Path(folder))
    assert loaded.catalogue is not None
    return replace(knowledge_of(loaded.catalogue), playbook=playbook)


@dataclass(slots=True, kw_only=True)
class Chat:
    """Somebody who owns much and may do nearly everything, with one incident open."""

    handler: Handler
    by: str
    knowledge: Knowledge

    async def writes(self, words: str) -> SlackMessage:
        request = Request(by=self.by, channel="D1", words=words, spoken=True)
        try:
            return await commands.answer(self.handler, request)
        except BotError as error:
            return SlackMessage(text=f"refused: {error}", blocks=())

    async def rows(self) -> dict[str, Any]:
        """Everything on record."""

        def read(tx: Any) -> dict[str, Any]:
            names = [name for name in tx.db.table_names() if not name.startswith("fixtures")]
            return {name: list(tx.all(f'select * from "{name}"')) for name in names}  # noqa: S608

        return await self.handler.runtime.store.run(read)


@pytest.fixture
async def chat(bench: Bench) -> Chat:
    knowledge = the_example()
    runtime = replace(bench.runtime, knowledge=lambda: knowledge)
    handler = handler_at(replace(bench, runtime=runtime))
    connection = next(iter(knowledge.catalogue.connections.values()))
    by = connection.owners.technical or ""
    await runtime.do(
        open_incident.declare, connection, open_incident.Report(by=by, why="nothing arrives")
    )
    return Chat(handler=handler, by=by, knowledge=knowledge)


def kind_of(answer: SlackMessage) -> str:
    text, said = answer.text, json.dumps(answer.blocks, ensure_ascii=False)
    if "I did not understand" in text:
        return HELP
    if "You can ask me" in said:
        return FRIENDLY
    if "estate file" in text:
        return ESTATE
    if "*First check:*" in said or "do not know this error" in text:
        return ERROR
    return QUESTION


def deeds_in(answer: SlackMessage) -> list[str]:
    """Buttons that would do something, and deeds that the words suggest."""
    found = []
    for block in answer.blocks:
        for element in block.get("elements", ()):
            action = str(element.get("action_id", ""))
            kind = ":".join(action.split(":")[:2])
            carried = str(element.get("value", "")).partition("|")[2].split(" ")[0]
            looks = kind in _LOOKS or (kind == Action.WHICH and carried in _ONLY_ASKS)
            if element.get("type") == "button" and not looks and "Do you mean" not in answer.text:
                found.append(action)
    if "Did you mean /conn" in answer.text:
        found.append(answer.text)
    return found


async def test_an_everyday_sentence_gets_the_answer_of_its_kind(chat: Chat) -> None:
    wrong = {
        text: kind_of(answer)
        for text, allowed in TUNED_ON
        if kind_of(answer := await chat.writes(text)) not in allowed
    }

    assert wrong == {}


async def test_no_sentence_does_or_suggests_a_deed(chat: Chat) -> None:
    before = await chat.rows()

    for text, _ in (*TUNED_ON, *KEPT_ASIDE):
        answer = await chat.writes(text)
        assert deeds_in(answer) == [], text
        assert await chat.rows() == before, text


async def test_the_rules_carry_over_to_sentences_that_they_were_not_made_for(chat: Chat) -> None:
    wrong = [
        (text, kind_of(answer))
        for text, allowed in KEPT_ASIDE
        if kind_of(answer := await chat.writes(text)) not in allowed
    ]

    assert len(wrong) / len(KEPT_ASIDE) <= 0.2, wrong
