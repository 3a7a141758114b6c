"""One call of an operator's webhook. It is made once, follows no redirect, and its outcome is told
without a secret. Whether an address is inside is decided by the addresses that its name has."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx

from bot.checks.clients import Clients, public
from bot.checks.secrets.notations import Forms
from bot.checks.secrets.secrecy import redact_secrets, secrets_in, secrets_of_url
from bot.core.estate.check_spec import Webhook
from bot.core.runbooks.webhook_calls import HookOutcome, RunState, filled


async def call_hook(
    clients: Clients,
    hook: Webhook,
    places: Mapping[str, str],
    *,
    elsewhere: Callable[[], Forms | None] = lambda: None,
) -> HookOutcome:
    """Never raises. DONE for a 2xx answer, FAILED for any other or when nothing was sent,
    UNKNOWN when it was sent and no answer came. `elsewhere` are the secrets of others."""
    url = httpx.URL(str.__str__(hook.url))
    secrets = [
        hook.url,
        *secrets_of_url(str(url)),
        *secrets_in((hook.url, hook.headers, hook.body)),
    ]
    secrets += [part for value in hook.headers.values() for part in (value, *value.split())]
    outcome = await _outcome_of(clients, hook, url, places)
    return replace(outcome, said=redact_secrets(outcome.said, secrets, elsewhere()))


async def _outcome_of(
    clients: Clients, hook: Webhook, url: httpx.URL, places: Mapping[str, str]
) -> HookOutcome:
    try:
        addresses = await clients.lookup(url.host, url.port or 443)
        refused = "" if hook.private else _inside(url, addresses)
        if refused:
            return _outcome(RunState.FAILED, None, refused)
        # One address only, and the one looked at: a body is sent once and nowhere else.
        client = clients.passing(addresses[:1])
        async with client:
            return await _called(client, hook, url, places)
    except (OSError, ValueError) as error:
        said = f"it could not be reached ({type(error).__name__}); nothing was sent"
        return _outcome(RunState.FAILED, None, said)


async def _called(
    client: httpx.AsyncClient, hook: Webhook, url: httpx.URL, places: Mapping[str, str]
) -> HookOutcome:
    body = filled(hook.body, places)
    headers = {name: str.__str__(value).strip() for name, value in hook.headers.items()}
    # So that a receiver can tell a second try of the same run from a new one.
    headers.setdefault("idempotency-key", places.get("run", ""))
    content: bytes | None = None
    if body is not None:
        as_text = isinstance(body, str)
        content = (str.__str__(body) if as_text else json.dumps(body)).encode()
        headers.setdefault("content-type", "text/plain" if as_text else "application/json")
    try:
        async with asyncio.timeout(hook.timeout.total_seconds()):
            # What it answers beside its status is nobody's concern, and may be endless.
            async with client.stream(
                hook.method, url, headers=headers, content=content, timeout=None
            ) as answer:
                pass
    except (httpx.LocalProtocolError, UnicodeError, TypeError) as error:
        said = f"its own headers or body cannot be sent ({type(error).__name__}); nothing was sent"
        return _outcome(RunState.FAILED, None, said)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        said = f"it could not be reached ({type(error).__name__}); nothing was sent"
        return _outcome(RunState.FAILED, None, said)
    except (httpx.HTTPError, TimeoutError) as error:
        said = f"no answer ({type(error).__name__}): look before you run it again"
        return _outcome(RunState.UNKNOWN, None, said)
    good = answer.is_success
    said = f"HTTP {answer.status_code} {answer.reason_phrase}".strip()
    return _outcome(RunState.DONE if good else RunState.FAILED, answer.status_code, said)


def _outcome(state: RunState, status: int | None, said: str) -> HookOutcome:
    return HookOutcome(state=state, status=status, said=said)


def _inside(url: httpx.URL, addresses: tuple[str, ...]) -> str:
    """Why an address may not be called; empty for a public one."""
    if url.scheme != "https":
        return "only https addresses are called, unless the webhook says `private: true`"
    if public(addresses):
        return ""
    return "its address is inside a private network; the webhook must say `private: true`"
