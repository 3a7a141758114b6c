"""The stage of a random life: a database in a file, which is closed and opened as a restart does,
and a reader who looks at everything that is said as Slack would."""

import json
from pathlib import Path
from typing import Any

from bot.core.incidents.notices import EvidenceWritten
from bot.core.outbox.address import OfCoverRequest, read_subject
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What, incident_of
from bot.flows import views
from bot.flows.outbox import delivery, fallback
from bot.flows.work import Work
from bot.slack import notice_words
from bot.slack.incidents import card, counterparty
from bot.slack.kit import SlackMessage
from bot.slack.outbox import personal_words
from bot.slack.runbooks import step_posts
from bot.slack.text import Writer
from bot.store.store import Store
from bot.store.tx import Tx
from slack_standin.blockkit import check_blocks
from tests.builders import knowledge_of
from tests.flows.model.cast import ESTATES, KEY
from tests.flows.model.truth import contradictions
from tests.flows.scene import CLAIM, Scene
from tests.unmarked import raw_marks

_NEVER = ("<!channel>", "<!everyone>", "<!here>")
_THEIRS = "hunter2"  # a password in an error text: parties outside never get it
US = "us"


class Stage(Scene):
    path: Path

    @classmethod
    async def at(cls, path: Path) -> "Stage":
        stage = cls(await Store.open(path), knowledge_of(ESTATES[0]))
        stage.path = path
        return stage

    async def restart(self) -> None:
        """Everything in memory is gone; what the dead process held is free again."""
        await self.store.close()
        self.store = await Store.open(self.path)
        await self.store.run(lambda tx: [tx.release_claims(one) for one in tx.claiming_processes()])

    def claim(self, tx: Tx) -> tuple[OutboxMessage, ...]:
        return tx.claim_letters(self.now, self.now + CLAIM, US, 20)

    async def deliver(self, *, refused: frozenset[str], at_most: int) -> list[OutboxMessage]:
        """The next letters, each written as people would read it; people in `refused` are not
        reached."""
        posted: list[OutboxMessage] = []
        while len(posted) < at_most and (batch := await self.store.run(self.claim)):
            for letter in batch:
                await self._settle(letter, refused)
            posted += batch
        return posted

    async def claims_and_dies(self) -> None:
        """Letters that were on their way when the process died."""
        await self.store.run(self.claim)
        await self.restart()

    async def _settle(self, letter: OutboxMessage, refused: frozenset[str]) -> None:
        person = letter.person
        wrong = await self.do(self._read, letter)
        if str(letter.to).startswith("person:") and person not in self.knowledge.catalogue.people:
            wrong = "they are no longer in the catalogue"
        if person in refused or wrong:
            why = wrong or "user_not_found"
            await self.do(delivery.give_up, letter, why)
        else:
            await self.do(delivery.sent, letter, f"D-{letter.to}", str(letter.id))

    def _read(self, work: Work, letter: OutboxMessage) -> str:
        """Write it and look at it; why it cannot be delivered, if so."""
        writer = Writer(catalogue=self.knowledge.catalogue)
        number = incident_of(letter.subject.removeprefix("furniture:"))
        view = number and views.incident_view(work, number)
        if letter.kind == "show":
            if view and letter.subject.startswith("incident:"):
                found = contradictions(work, view)
                assert not found, found
                look(card.card(view, writer))
                for shown in view.steps:
                    look(step_posts.step(view, shown, writer))
            return ""
        assert letter.what is not None
        if str(letter.to).startswith("fallback:"):
            written = fallback.write(work, letter)
            assert written is None or KEY not in written.body + written.title
            assert written is None or not raw_marks(written.body + written.title)
            return "" if written else "it was no longer needed"
        if str(letter.to).startswith("party-channel:"):
            told = letter.notice
            assert isinstance(told, EvidenceWritten)
            look(counterparty.for_party(told))
            assert _THEIRS not in json.dumps(letter.facts)
        elif str(letter.to) == "channel" and view:
            look(personal_words.in_channel(letter.what, letter.facts, view, writer))
        elif write := notice_words.about_record.of(letter.notice):
            about = read_subject(letter.subject)
            assert isinstance(about, OfCoverRequest)
            look(write(letter.notice, work.tx.cover(about.number), writer))
        elif str(letter.to).startswith("person:"):
            name = str(letter.facts.get("connection", ""))
            connection = self.knowledge.catalogue.connections.get(name)
            look(
                personal_words.personal(
                    letter.what, letter.facts, view or None, connection, None, writer
                )
            )
        return ""


def look(message: SlackMessage) -> None:
    """Slack would take it, it mentions nobody by the way, gives nothing away, and shows no mark."""
    assert check_blocks(list(message.blocks), surface="message") == []
    said = json.dumps([message.text, list(message.blocks)], ensure_ascii=False)
    assert KEY not in said
    assert raw_marks(said) == []
    for word in _NEVER:
        assert word not in _markup(message), said


def _markup(value: Any) -> str:
    """Everything that Slack reads for mentions."""
    if isinstance(value, SlackMessage):
        return value.text + _markup(value.blocks)
    if isinstance(value, dict):
        own = str(value["text"]) if value.get("type") == "mrkdwn" else ""
        return own + "".join(_markup(item) for item in value.values())
    if isinstance(value, list | tuple):
        return "".join(_markup(item) for item in value)
    return ""


def pings(posted: list[OutboxMessage]) -> list[OutboxMessage]:
    return [letter for letter in posted if letter.what is What.PING]
