"""Whatever is secret in the estate and in the settings stays out of what comes in, by every way in
and whoever it belongs to."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from bot.checks import settings_models
from bot.checks.clients import Clients
from bot.checks.http.settings import HttpSettings
from bot.checks.probe import ProbeKind, Tools
from bot.checks.runner import Runner
from bot.checks.secrets.estate_secrets import EstateSecrets
from bot.checks.secrets.secrecy import redact_secrets
from bot.checks.webhook_call import call_hook
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.check_spec import CheckSpec, Webhook
from bot.core.estate.history import ReleaseFeed
from bot.core.monitoring.heartbeat import Kinds, Ping
from bot.core.monitoring.signals import Observation, Reading
from bot.files.changes.ical import read_feed
from bot.files.estate.load import load_text
from bot.jobs import ReleaseCalendar
from bot.language.redaction import Secret
from bot.language.units import parse_duration
from bot.runtime import Runtime
from bot.settings import read
from bot.slack.platform.wire import without_secrets
from bot.store.store import Store
from bot.web.app import set_up, web_app
from bot.web.webhooks import hook_routes
from slack_standin.state.clock import Clock
from tests.builders import NOW, a_check, knowledge_of
from tests.patience import never_late
from tests.plain_http import client_of

ESTATE = """
version: 1
company: {name: Test, timezone: UTC}
people:
  ana: {name: "${SHOWN}", email: ana@b.example, fallback: ["json://ana:${WAY}@pager.example/x"]}
systems: {a: {name: A}, b: {name: B}}
calendars:
  - {system: a, url: "https://calendars.example/${CALENDAR}/basic.ics"}
self_check: ["https://far.example/?key=${CANARY_KEY}"]
webhooks:
  again:
    url: "https://far.example/${HOOK_PATH}"
    headers: {x-key: "${HOOK_HEADER}"}
    body: {k: "${HOOK_BODY}"}
connections:
  flow:
    name: Flow
    from: a
    to: b
    owners: {technical: ana, functional: ana, architecture: ana}
    first_responder: ana
    checks:
      - {id: one, kind: http, url: "https://far.example/?k=${QUERY}", bearer: "${BEARER}"}
      - {id: two, kind: http, url: https://x, basic: {user: "${USER}", password: "${BASIC}"}}
      - {id: three, kind: http, url: https://far.example, headers: {x-key: "id=${HEADER}; v=1"}}
"""
OUTSIDE = {
    "WAY": "zw1Way-Canary-11",
    "CALENDAR": "zc2Calendar.Canary-22",
    "CANARY_KEY": "zk3Key_Canary-33",
    "HOOK_PATH": "zp4Path-Canary-44",
    "HOOK_HEADER": "zh5Header Canary 55!",
    "HOOK_BODY": 'zb6Body"Canary\\66',
    "QUERY": "zq7Query+Canary/77==",
    "BEARER": "zb8Bearer.Canary-88xyz",
    "USER": "zu9UserCanary99",
    "BASIC": "zs0Basic:Canary@00",
    "HEADER": "zh1HeaderCanary12",
}
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1-canary-token",
    "SLACK_APP_TOKEN": "xapp-1-canary-token",
    "SLACK_SIGNING_SECRET": "5ca1ab1ecafe0123",
    "FIRSTLANE_SMTP_URL": "smtps://mailer:zm2Mail%2FCanary@mail.example?from=a@b.example",
    "FIRSTLANE_FALLBACK_URLS": "json://x:zf3Fallback-1@a.example json://y:zf4Fallback-2@b.example",
    "FIRSTLANE_HEARTBEAT_URL": "https://watch.example/zt5Heartbeat-Canary",
}
OF_SETTINGS = (
    "xoxb-1-canary-token", "xapp-1-canary-token", "5ca1ab1ecafe0123", "zm2Mail/Canary",
    "zf3Fallback-1", "zf4Fallback-2", "zt5Heartbeat-Canary",
)  # fmt: skip
EVERY = (*OUTSIDE.values(), *OF_SETTINGS)
SAID = "Refused login {} on this side"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    loaded = load_text(
        ESTATE,
        path=Path("estate.yaml"),
        environ={**OUTSIDE, "SHOWN": "Ana Person"},
        kinds=settings_models(),
        runbooks=(),
        now=NOW,
    )
    assert loaded.catalogue is not None, loaded.problems
    return loaded.catalogue


@pytest.fixture(scope="module")
def secrets(catalogue: Catalogue) -> EstateSecrets:
    return EstateSecrets(lambda: catalogue, read(SETTINGS).secrets())


async def no_ping(_: str) -> Ping | None:
    return None


async def just_now(_: str) -> datetime:
    return NOW


async def by_a_look(said: str, secrets: EstateSecrets) -> str:
    async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        return Reading(at=now, signals={"status": said}, error=said)

    clients = Clients()
    tools = Tools(http=clients, last_ping=no_ping, first_seen=just_now, elsewhere=secrets.forms)
    spec = a_check(settings={"url": "https://far.example"})
    seen = await Runner(tools, {"http": ProbeKind(HttpSettings, probe)}, never_late()).observe(
        spec, NOW
    )
    await clients.close()
    return repr(seen)


class Letters:
    def __init__(self) -> None:
        self.taken: list[Ping] = []

    async def knows(self, token: str, kinds: Kinds) -> bool:
        return True

    async def take(self, token: str, ping: Ping, kinds: Kinds) -> bool:
        self.taken.append(ping)
        return True


async def by_messages(said: str, secrets: EstateSecrets) -> str:
    """Heartbeats and webhooks, where what is kept of a text is cut."""
    letters, now = Letters(), lambda: datetime(2027, 1, 1, tzinfo=UTC)
    app = web_app(
        mailbox=letters,
        ready=tuple,
        metrics=CollectorRegistry(),
        now=now,
        routes=hook_routes(letters, now, secrets.cleaned),
        clean=secrets.cleaned,
    )
    runner = await set_up(app, shutdown_s=0.1)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    failed = [{"text": said, "count": 1, "ids": [said]}]
    async with client_of(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
        for before in ("", "x" * 30, "x" * 52):
            body = {"status": "failed", "message": said, "failed": failed, "run": before + said}
            await client.post("/hooks/generic/t", json={**body, "about": before + said})
            await client.post("/ping/t/fail", content=said, params={"rid": before + said})
            await client.post("/ping/t/fail", json=body)
    await runner.cleanup()
    return repr(letters.taken)


async def by_the_answer_to_a_webhook(said: str, secrets: EstateSecrets) -> str:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=500, reason=said)

    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    hook = Webhook(id="again", url=url, timeout=parse_duration("20s"), private=True)
    outcome = await call_hook(Clients(), hook, {}, elsewhere=secrets.forms)
    await runner.cleanup()
    return repr(outcome)


async def by_a_calendar(said: str, secrets: EstateSecrets) -> str:
    feed = ReleaseFeed(url="https://far.example/basic.ics", system="a")
    knowledge = knowledge_of(Catalogue(feeds=(feed,)))
    store = await Store.open(None)
    runtime = Runtime(
        store=store, knowledge=lambda: knowledge, clock=lambda: NOW, steady=Clock().steady
    )
    entry = f"UID:1\nDTSTART:20270401T080000Z\nSUMMARY:{said}\nDESCRIPTION:{said}\n"

    async def fetch(_: str) -> bytes:
        head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\n"
        return f"{head}{entry}END:VEVENT\nEND:VCALENDAR\n".encode()

    await ReleaseCalendar(
        runtime, fetch=fetch, read=read_feed, wake=lambda: None, elsewhere=secrets.forms
    ).look()
    kept = await store.run(lambda tx: f"{tx.feed(feed.key)} {tx.releases()}")
    await store.close()
    return kept


async def by_people(said: str, secrets: EstateSecrets) -> str:
    field = {"type": "plain_text_input", "value": said}
    rich = {"type": "rich_text", "elements": [{"type": "text", "text": said}]}
    body = {
        "command": "/conn",
        "text": said,
        "event": {"text": said, "blocks": [rich]},
        "view": {"state": {"values": {"b": {"a": field}}}},
        "message": {"text": said, "attachments": [{"fallback": said}]},
    }
    return json.dumps(without_secrets(body, secrets.clean))


WAYS = (by_a_look, by_messages, by_the_answer_to_a_webhook, by_a_calendar, by_people)
Way = Callable[[str, EstateSecrets], Awaitable[str]]


@pytest.mark.anyio
@pytest.mark.parametrize("way", WAYS)
async def test_what_comes_in_repeats_no_secret_of_elsewhere(
    way: Way, secrets: EstateSecrets
) -> None:
    for secret in EVERY:
        kept = await way(SAID.format(secret), secrets)

        assert "Refused login" in kept
        assert secret.lstrip("/")[:8] not in kept, secret


def test_what_is_there_to_be_shown_stays(secrets: EstateSecrets) -> None:
    assert secrets.clean("Ana Person called far.example") == "Ana Person called far.example"


def test_what_is_no_text_of_people_stays_as_it_came(secrets: EstateSecrets) -> None:
    token = OUTSIDE["BEARER"]
    body: dict[str, Any] = {
        "response_url": f"https://hooks.example/{token}",
        "actions": [{"type": "button", "value": token, "block_id": token}],
        "view": {"private_metadata": token},
    }

    assert without_secrets(body, secrets.clean) == body


@pytest.mark.parametrize("user", ["", "svc"])
@pytest.mark.parametrize("password", ["hunter2", "p@ss@word", "a/b:c", "%70%77"])
@pytest.mark.parametrize("scheme", ["postgresql", "https", "amqp+ssl"])
def test_a_password_in_an_address_goes_whoever_it_belongs_to(
    scheme: str, user: str, password: str
) -> None:
    said = f"cannot reach {scheme}://{user}:{password}@db.example:5432/erp?ssl=1 today"

    for text in (said, json.dumps(said).replace("/", "\\/"), said.replace("/", "%2F")):
        kept = redact_secrets(text, ())

        assert password not in kept
        assert "***" in kept
        assert kept.startswith(text[:13])
        assert "db.example:5432" in kept


def test_an_address_without_a_password_stays() -> None:
    for said in ("https://a.example:8080/x@y", "see https://a.example, mail bob@b.example: soon"):
        assert redact_secrets(said, ()) == said


LETTERS = st.characters(codec="ascii", categories=["L", "N"])


@given(st.text(LETTERS, min_size=11, max_size=40), st.data())
def test_a_part_that_gives_a_secret_away_goes_as_a_whole(secret: str, data: st.DataObject) -> None:
    enough = max(8, min(-(-len(secret) * 3 // 4), 16))
    start = data.draw(st.integers(0, len(secret) - enough))
    part = secret[start : data.draw(st.integers(start + enough, len(secret)))]

    assert redact_secrets(f"<{part}>", [secret]) == "<***>"


def test_how_secrets_may_be_written_is_worked_out_once_for_each_estate() -> None:
    estates = [Catalogue(secrets=frozenset({Secret(secret)})) for secret in EVERY[:2]]
    secrets = EstateSecrets(lambda: estates[0])
    before = secrets.forms()
    assert secrets.forms() is before

    estates.reverse()

    assert [secrets.clean(secret) for secret in EVERY[:2]] == [EVERY[0], "***"]
