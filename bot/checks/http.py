"""Probe kind `http`: one GET or POST to a status endpoint, its JSON turned into signals.

The difference between "broken" and "we are blind" is made in `outcomes`: a refused monitoring
credential or a name that does not resolve says nothing about the connection.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.checks.extract import FailedMapping, Source, extract
from bot.checks.fetch import Answer, Call, Unacceptable, fetch
from bot.checks.outcomes import Clean, failed_call, readable_json, refused_status, unreachable
from bot.checks.probing import ProbeSettings, Tools
from bot.checks.secrecy import scrub, secrets_in, secrets_of_url, shown_url
from bot.core.catalogue import CheckSpec
from bot.core.signals import Observation, Reading, Signal, SignalValue
from bot.core.text import outside

# Reported a little before the runner's hard limit, so that the text can say what took so long.
_SHARE_OF_TIMEOUT = 0.95
_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "content-type", "prefer", "user-agent"})


class Basic(BaseModel):
    """Login of HTTP basic authentication."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    user: str = Field(description="User name.")
    password: SecretStr = Field(description="Password; write ${NAME} to take it from outside.")


class Settings(ProbeSettings):
    """Reads a status endpoint over HTTP."""

    url: str = Field(description="Address of the status endpoint, http or https.")
    method: Literal["GET", "POST"] = Field("GET", description="How to ask.")
    headers: Mapping[str, SecretStr] = Field(
        default_factory=dict, description="Request headers; write ${NAME} for secret values."
    )
    body: Any = Field(None, description="JSON body of a POST.")
    bearer: SecretStr | None = Field(None, description="Token for an Authorization header.")
    basic: Basic | None = Field(None, description="Login for basic authentication.")
    expect: tuple[int, ...] = Field(
        (200,), min_length=1, description="HTTP status codes that are good."
    )
    redirects: int = Field(3, ge=0, le=5, description="How many redirects a GET may follow.")
    timezone: str = Field("UTC", description="Zone of timestamps without an offset.")
    signals: Mapping[Signal, Source] = Field(
        default_factory=dict,
        description="Signal name to JSONPath, or to {path or header, pick}.",
    )
    failed: FailedMapping | None = Field(None, description="Where records in error are listed.")

    @field_validator("url")
    @classmethod
    def _http_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            good = False
        if not good:
            raise ValueError("expected an address such as https://host/path")
        return url

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("unknown time zone; write for example Europe/Amsterdam") from None
        return name

    def origin(self) -> str:
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"{parts.scheme}://{parts.hostname}:{port}"

    def reads_body(self) -> bool:
        """Whether anything is taken from the body, which must then be JSON."""
        return self.failed is not None or any(source.path for source in self.signals.values())

    def secrets(self) -> frozenset[str]:
        """Everything that no text about this check may contain."""
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _HARMLESS_HEADERS}
        marked = secrets_in((headers, self.bearer, self.basic, self.body))
        # "Bearer abc": a far end that echoes the token echoes it without the scheme.
        parts = (part for secret in marked for part in (secret, *secret.split()))
        return frozenset((*parts, *secrets_of_url(self.url)))


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """Ask once. Broken far ends give a Reading with `reachable` false, our own limits a Blind."""
    settings = Settings.of(spec)
    where = f"{settings.method} {shown_url(settings.url)}"
    clean = partial(scrub, secrets=settings.secrets())
    call = _call(settings, spec.timeout)
    started = perf_counter()
    try:
        answer = await fetch(tools.http, settings.origin(), call, redirects=settings.redirects)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, Unacceptable) as error:
        return failed_call(error, where, spec.timeout, now, clean)
    latency = round((perf_counter() - started) * 1000, 1)
    seen = _read(answer, settings, where, now, clean)
    if isinstance(seen, Reading):
        return replace(seen, signals={**seen.signals, Signal.LATENCY: latency})
    return seen


def _call(settings: Settings, timeout: timedelta) -> Call:
    # Secrets that come from files tend to end with a line break, which no header may hold.
    headers = {name: value.get_secret_value().strip() for name, value in settings.headers.items()}
    if settings.bearer:
        headers["authorization"] = f"Bearer {settings.bearer.get_secret_value().strip()}"
    login = settings.basic
    return Call(
        method=settings.method,
        url=httpx.URL(settings.url),
        seconds=timeout.total_seconds() * _SHARE_OF_TIMEOUT,
        headers=headers,
        json=settings.body if settings.method == "POST" else None,
        login=(login.user, login.password.get_secret_value()) if login else None,
    )


def _read(
    answer: Answer, settings: Settings, where: str, now: datetime, clean: Clean
) -> Observation:
    if answer.status not in settings.expect:
        return refused_status(answer, where, now, clean)
    reachable: dict[str, SignalValue] = {Signal.REACHABLE: True}
    if not settings.signals and settings.failed is None:
        return Reading(at=now, signals=reachable)
    body: Any = None
    if settings.reads_body():
        body, problem = readable_json(answer, clean)
        if problem:
            return unreachable(now, f"{where}: {problem}")
    found = extract(
        body,
        answer.headers,
        sources=settings.signals,
        failed=settings.failed,
        zone=ZoneInfo(settings.timezone),
        now=now,
        clean=clean,
    )
    error = f"{where}: {'; '.join(found.missing)}" if found.missing else ""
    return Reading(
        at=now,
        signals={**reachable, **found.signals},
        failed=found.failed,
        error=outside(error),
    )
