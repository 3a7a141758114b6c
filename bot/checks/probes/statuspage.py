"""Probe kind `statuspage`: what a vendor's own status page says, in the format of Statuspage.

A page is context. That it cannot be read says nothing about the connection; that it is green
clears nobody, since pages lag. Give its rules a `warn` and leave `fail` to the connection itself.
"""

import fnmatch
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import Field, field_validator

from bot.checks.http.document import JsonDocument, UnreadableAnswer
from bot.checks.http.fetch import EXCHANGE_FAILED, Call, HttpAnswer, Unsendable, fetch
from bot.checks.outcomes import cause_of, failed_call
from bot.checks.probe import ProbeSettings, Tools
from bot.checks.secrets.secrecy import shown_url
from bot.checks.setting_types import origin_of, require_web_address
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal
from bot.language.marks import outside

_SUMMARY = "/api/v2/summary.json"
# From good to bad; a word that is not here is taken for the worst.
_ORDER = (
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "major_outage",
)


class StatuspageSettings(ProbeSettings):
    """Reads a vendor's status page."""

    url: str = Field(description="Address of the page, such as https://status.example.com.")
    components: tuple[str, ...] = Field(
        (), description="Names or ids of the components that matter, with * and ?; without, all."
    )
    ignore_maintenance: bool = Field(
        True, description="Whether announced maintenance counts as operational."
    )

    @field_validator("url")
    @classmethod
    def _http_address(cls, url: str) -> str:
        return require_web_address(url).rstrip("/").removesuffix(_SUMMARY)

    def origin(self) -> str:
        return origin_of(self.url)

    def gives(self) -> frozenset[str]:
        return frozenset({Signal.REACHABLE, Signal.STATUS})


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading with `status`, the worst of the components; Blind when the page says nothing."""
    settings = StatuspageSettings.of(spec)
    where = f"status page {shown_url(settings.url)}"
    try:
        answer = await _summary(settings, tools, spec.timeout)
        if answer.status != 200:
            reason = f"{where}: {answer.status} {outside(answer.reason, 60)}"
            return Blind(at=now, reason=reason, cause=Cause.STATUS)
        page = JsonDocument.read(answer.text())
    except (Unsendable, httpx.InvalidURL) as error:
        return failed_call(error, where, spec.timeout, now)
    except (*EXCHANGE_FAILED, UnreadableAnswer) as error:
        reason = f"{where} cannot be read: {type(error).__name__}"
        return Blind(at=now, reason=reason, cause=cause_of(error))
    components = [_Component(item) for item in page.values("$.components[*]")]
    chosen = [one for one in components if one.is_service and one.matches(settings.components)]
    if not chosen:
        # A renamed component must not pass for a green one.
        return Blind(at=now, reason=f"{where} has none of the components that matter")
    status = max((one.status(settings) for one in chosen), key=_badness)
    said = _incidents(page, {one.id for one in chosen}) if status != _ORDER[0] else ""
    return Reading(
        at=now,
        signals={Signal.REACHABLE: True, Signal.STATUS: status},
        error=outside(f"{where}: {said}") if said else "",
    )


async def _summary(settings: StatuspageSettings, tools: Tools, timeout: timedelta) -> HttpAnswer:
    call = Call(
        method="GET",
        url=httpx.URL(settings.url + _SUMMARY),
        seconds=timeout.total_seconds() * 0.95,
    )
    return await fetch(tools.http, settings.origin(), call, redirects=3)


class _Component:
    """One line of the page; whatever is not as documented becomes empty text."""

    def __init__(self, item: Any) -> None:
        fields: Mapping[str, Any] = item if isinstance(item, dict) else {}
        self.id = str(fields.get("id") or "")
        self._name = str(fields.get("name") or "")
        self._status = outside(str(fields.get("status") or ""), 40)
        self.is_service = bool(self._status) and fields.get("group") is not True

    def matches(self, wanted: Sequence[str]) -> bool:
        name = self._name.casefold()
        return not wanted or any(
            one == self.id or fnmatch.fnmatchcase(name, one.casefold()) for one in wanted
        )

    def status(self, settings: StatuspageSettings) -> str:
        planned = self._status == "under_maintenance" and settings.ignore_maintenance
        return "operational" if planned else self._status


def _badness(status: str) -> int:
    return _ORDER.index(status) if status in _ORDER else len(_ORDER)


def _incidents(page: JsonDocument, chosen: set[str]) -> str:
    """Names of the open incidents that touch the chosen components, or name none at all."""
    names = []
    for incident in page.values("$.incidents[*]"):
        fields = incident if isinstance(incident, dict) else {}
        touched = {
            str(one.get("id")) for one in fields.get("components") or () if isinstance(one, dict)
        }
        is_open = fields.get("status") not in ("resolved", "postmortem")
        if is_open and fields.get("name") and (not touched or touched & chosen):
            names.append(str(fields["name"]))
    return "; ".join(names[:3])
