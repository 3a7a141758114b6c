"""What people read of a stored database, as JSON that is compared by lines."""

import json
from typing import Any

from bot.core.outbox.letter import asked_again
from bot.flows import estate_views
from bot.flows.governance import kpi
from bot.flows.views import IncidentView, shown
from bot.slack.estate import words
from bot.slack.incidents import card
from bot.slack.kit import SlackMessage
from bot.slack.outbox import personal_words
from bot.slack.runbooks import step_posts
from bot.slack.text import Writer
from bot.store.codec import pack
from bot.store.tx import Tx
from tests.flows.scene import Scene

_LINES = (
    "select what, facts from outbox where subject = ? and recipient = 'channel'"
    " and what is not null order by id"
)


async def read_back(scene: Scene) -> dict[str, Any]:
    """Cards, steps, messages, timelines, health and figures at the moment of the scene."""
    knowledge, writer = scene.knowledge, Writer(catalogue=scene.knowledge.catalogue)
    found: dict[str, Any] = {}
    for number in await scene.run(_numbers):
        view = await scene.do(shown, number, knowledge=knowledge)
        assert view is not None
        key = view.incident.key
        found[key] = {
            "record": _plain(view.incident),
            "card": _said(card.card(view, writer)),
            "topic": card.topic(view, writer),
            "steps": [_said(step_posts.step(view, one, writer)) for one in view.steps],
            "outcome": _said(step_posts.outcome(view, view.outcome)) if view.outcome else None,
            "timeline": [
                _plain(one) for one in await scene.run(lambda tx, n=number: tx.timeline(n))
            ],
            "letters": await scene.run(_letters, view, writer),
            "channel": await _channel(scene, view, writer),
        }
    connections = knowledge.catalogue.connections
    found["health"] = {
        one: _plain(await scene.run(lambda tx, id=one: tx.connection_health(id)))
        for one in connections
    }
    found["checks"] = [_plain(one) for one in await scene.run(lambda tx: tx.all_check_health())]
    lines = (await scene.do(estate_views.status, knowledge=knowledge)).lines
    found["status"] = [_said(words.status_of(line, writer)) for line in lines]
    measured = await scene.do(kpi.view, knowledge=knowledge)
    found["figures"] = {one.id: one.value.text for one in measured.measures if one.value}
    read: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return read


def _numbers(tx: Tx) -> list[int]:
    every = [one.id for name in _names(tx) for one in tx.incidents_of(name, 100)]
    return sorted(set(every))


def _names(tx: Tx) -> list[str]:
    return [*tx.verdicts()]


def _letters(tx: Tx, view: IncidentView, writer: Writer) -> list[Any]:
    subject = f"incident:{view.incident.id}"
    sent = tx.letters_in_slack(subject)
    again, room = asked_again(sent), tx.channel_of(subject)
    said = (personal_words.redrawn(item, again, view, room, writer) for item in sent)
    return [_said(one) for one in said if one]


async def _channel(scene: Scene, view: IncidentView, writer: Writer) -> list[Any]:
    subject = f"incident:{view.incident.id}"
    rows = await scene.aside(lambda db: list(db.query(_LINES, [subject])))
    made: list[Any] = []
    for row in rows:
        facts = json.loads(row["facts"])
        made.append(_said(personal_words.in_channel(row["what"], facts, view, writer)))
    return made


def _said(message: SlackMessage) -> dict[str, Any]:
    return {"text": message.text, "blocks": list(message.blocks)}


def _plain(value: Any) -> Any:
    """As it is stored. What is empty is left out, so that a new field changes nothing."""
    if value is None:
        return None
    stored = json.loads(pack(value))
    return {name: one for name, one in stored.items() if one not in (None, "", [], {}, False)}
