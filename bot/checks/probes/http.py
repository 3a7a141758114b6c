"""Probe kind `http`: one question to a status endpoint, its answer turned into signals.

The difference between "broken" and "we are blind" is made in `outcomes`: a refused monitoring
credential or a name that does not resolve says nothing about the connection.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import httpx

from bot.checks.clients import Identity
from bot.checks.http.answer import read_answer
from bot.checks.http.document import UnreadableAnswer
from bot.checks.http.fetch import EXCHANGE_FAILED, Call, HttpAnswer, Unsendable, fetch
from bot.checks.http.settings import HttpSettings
from bot.checks.outcomes import Clean, failed_call
from bot.checks.own_pace import theirs
from bot.checks.probe import Tools
from bot.checks.secrets.secrecy import shown_url
from bot.checks.templates import filled
from bot.checks.tokens import NoToken
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Observation, Reading, Signal

# Reported a little before the runner's hard limit, so that the text can say what took so long.
_SHARE_OF_TIMEOUT = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is sent and as whom; `clean` takes all its secrets out of a text."""

    call: Call
    identity: Identity | None
    token: str
    clean: Clean


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """Ask once. Broken far ends give a Reading with `reachable` false, our own limits a Blind."""
    settings = HttpSettings.of(spec)
    where = f"{settings.method} {shown_url(settings.url)}"
    clean: Clean = tools.without(settings.secrets())
    seconds = spec.timeout.total_seconds() * _SHARE_OF_TIMEOUT
    try:
        question = await _question(settings, tools, now, seconds)
        clean = question.clean
        started = theirs()
        answer = await _asked(settings, tools, question, question.call)
        if answer.status == 401 and settings.oauth:
            # A kept token may have been withdrawn; a fresh one tells that from a lost right.
            tools.tokens.forget(settings.oauth, question.token)
            question = await _question(settings, tools, now, seconds)
            clean = question.clean
            answer = await _asked(settings, tools, question, question.call)
        latency = round((theirs() - started) * 1000, 1)
        ask = partial(_asked, settings, tools, question)
        seen = await read_answer(answer, settings, where, now, clean, call=question.call, ask=ask)
    # The monitoring's login, not the connection's: that it fails breaks nothing that runs.
    except NoToken as error:
        reason = f"no token for the monitoring credential: {error}"
        return Blind(at=now, reason=reason, cause=error.cause)
    # UnreadableAnswer comes from a further page; that of the first is told with its beginning.
    except (*EXCHANGE_FAILED, UnreadableAnswer, Unsendable) as error:
        return failed_call(error, where, spec.timeout, now, clean)
    if isinstance(seen, Reading):
        return replace(seen, signals={**seen.signals, Signal.LATENCY: latency})
    return seen


async def _asked(
    settings: HttpSettings, tools: Tools, question: _Question, call: Call
) -> HttpAnswer:
    return await fetch(
        tools.http,
        settings.origin(),
        call,
        redirects=settings.redirects,
        identity=question.identity,
    )


async def _question(
    settings: HttpSettings, tools: Tools, now: datetime, seconds: float
) -> _Question:
    """Raises NoToken when what we show ourselves with is not to be had."""
    token = ""
    if settings.oauth:
        clean: Clean = tools.without(settings.secrets())
        token = await tools.tokens.of(
            settings.oauth, tools.http, now=now, seconds=seconds, clean=clean
        )
    elif settings.bearer:
        token = settings.bearer.get_secret_value().strip()
    return _Question(
        call=_call(settings, now, seconds, token),
        identity=await _identity(settings, tools),
        token=token,
        clean=tools.without({*settings.secrets(), token}),
    )


async def _identity(settings: HttpSettings, tools: Tools) -> Identity | None:
    wanted = settings.client_cert
    if wanted is None:
        return None
    passphrase = wanted.passphrase.get_secret_value().strip() if wanted.passphrase else None
    try:
        return await tools.http.identity(wanted.certificate, wanted.key, passphrase)
    except OSError as error:  # includes ssl.SSLError
        problem = error.strerror or type(error).__name__
        raise NoToken(f"the client certificate cannot be used: {problem}") from None


def _call(settings: HttpSettings, now: datetime, seconds: float, token: str) -> Call:
    # Secrets that come from files tend to end with a line break, which no header may hold.
    headers = {name: value.get_secret_value().strip() for name, value in settings.headers.items()}
    if token:
        headers["authorization"] = f"Bearer {token}"
    url = httpx.URL(filled(settings.url, now, settings.zone))
    params = filled(settings.params, now, settings.zone)
    post = settings.method == "POST"
    text = filled(settings.body_text, now, settings.zone) if post else None
    login = settings.basic
    return Call(
        method=settings.method,
        url=url.copy_merge_params(params) if params else url,
        seconds=seconds,
        headers=headers,
        json=filled(settings.body, now, settings.zone) if post else None,
        content=str.encode(text) if text is not None else None,
        login=(login.user, login.password.get_secret_value()) if login else None,
    )
