"""A small estate for stories, and the connectors behind it, which a test breaks and mends.

Alice owns, Bob responds, Charlie may not, Dana is Bob's manager and guards the estate.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.core.estate.catalogue import Catalogue
from slack_standin.server import Member
from slack_standin.state.clock import Clock

MEMBERS = (
    Member(name="alice", real_name="Alice Owner", email="alice@example.com"),
    Member(name="bob", real_name="Bob Responder", email="bob@example.com"),
    Member(name="charlie", real_name="Charlie Visitor", email="charlie@example.com"),
    Member(name="dana", real_name="Dana Manager", email="dana@example.com"),
)

CATALOGUE = """\
version: 1
company: {{name: Story Ltd, timezone: UTC{announce}}}
defaults:
  check: {{every: 1m, timeout: 15s, confirm: 1, recover: 1}}
  lease: 1h
  ladder:
    - {{after: 15m, ping: [alice]}}
    - {{after: 30m, ping: [dana]}}
people:
  alice: {{name: Alice Owner, email: alice@example.com}}
  bob: {{name: Bob Responder, email: bob@example.com, manager: dana}}
  charlie: {{name: Charlie Visitor, email: charlie@example.com}}
  dana: {{name: Dana Manager, email: dana@example.com}}
  ghost: {{name: Gone Responder, email: gone@example.com, manager: dana}}
systems:
  erp: {{name: ERP, kind: erp}}
  shop: {{name: Web shop, kind: shop}}
  bank: {{name: House bank, kind: bank}}
  depot: {{name: Depot, kind: wms}}
parties:
  connector-maker:
    name: Connector maker
    contact: support@maker.example
    respond: {{critical: 4h}}
  helpdesk: {{name: Inside IT, contact: it@example.com}}
connections:
  orders:
    name: Web shop orders
    from: shop
    to: erp
    criticality: critical
    build: {{type: native, maintained_by: connector-maker}}
    owners: {{technical: alice, functional: alice, architecture: dana}}
    first_responder: bob
    lanes: {{vendor: connector-maker, it: helpdesk}}
    docs: {{playbook: "https://docs.example.com/orders"}}
    checks: [{check_orders}]
  returns:
    name: Web shop returns
    from: shop
    to: erp
    criticality: important
    owners: {{technical: alice, functional: alice, architecture: dana}}
    first_responder: bob
    lanes: {{vendor: connector-maker}}
    checks: [{check_returns}]
  payouts:
    name: Bank payouts
    from: erp
    to: bank
    criticality: critical
    owners: {{technical: alice, functional: alice, architecture: dana}}
    first_responder: ghost
    checks: [{check_payouts}]
  stock:
    name: Depot stock
    from: depot
    to: erp
    criticality: important
    owners: {{functional: alice, architecture: dana}}
    checks: [{check_stock}]
"""

_CHECK = """{{id: status, kind: http, url: "{url}/{name}", \
signals: {{status: $.status, queue_depth: $.queue, last_success: $.last_success_at}}, \
failed: {{path: "$.errors[*]", text: text, count: count}}, \
rules: [{{signal: status, fail: "!= ok"}}]}}"""
NAMES = ("orders", "returns", "payouts", "stock")


def catalogue_text(url: str, *, announce: str = "") -> str:
    """The estate file; `announce` is the channel for notices, if there is one."""
    checks = {f"check_{name}": _CHECK.format(url=url, name=name) for name in NAMES}
    channel = f", announce_channel: {announce}" if announce else ""
    return CATALOGUE.format(announce=channel, **checks)


def looked_at_often(catalogue: Catalogue) -> Catalogue:
    """The same estate, its checks run about once a second so that no test waits a minute, and
    with time for a busy machine to answer."""
    often, patient = timedelta(seconds=0.8), timedelta(seconds=15)
    return replace(
        catalogue,
        connections={
            key: replace(
                item,
                checks=tuple(replace(spec, every=often, timeout=patient) for spec in item.checks),
            )
            for key, item in catalogue.connections.items()
        },
    )


@dataclass(slots=True)
class Connectors:
    """Status pages of the connectors. What a page says is up to the test."""

    clock: Clock
    url: str = ""
    _errors: dict[str, Mapping[str, int]] = field(default_factory=dict)
    _drifting: set[str] = field(default_factory=set)
    _visits: Counter[str] = field(default_factory=Counter)
    _visited: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    def breaks(self, name: str, error: str = "HTTP 401 invalid_client", count: int = 57) -> None:
        """From now on the connector reports `count` records failing with `error`."""
        self._errors[name] = {error: count}
        self._visits[name] = 0

    def drifts(self, name: str) -> None:
        """From now on every answer of the connector has another field."""
        self._drifting.add(name)

    def recovers(self, name: str) -> None:
        self._errors.pop(name, None)
        self._visits[name] = 0

    async def looked_at(self) -> None:
        """Wait until every connection was looked at twice since it broke or was mended: then the
        first look is recorded."""
        while any(self._visits[name] < 2 for name in NAMES):
            self._visited.clear()
            await self._visited.wait()

    async def looked_at_again(self) -> None:
        """Wait for the next look at any of them."""
        self._visited.clear()
        await self._visited.wait()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{name}", self._status)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _status(self, request: web.Request) -> web.Response:
        self._visits[request.match_info["name"]] += 1
        self._visited.set()
        broken = self._errors.get(request.match_info["name"], {})
        page: dict[str, Any] = {
            "status": "failing" if broken else "ok",
            "queue": sum(broken.values()),
            "last_success_at": self.clock.now().isoformat(),
            "errors": [{"text": text, "count": count} for text, count in broken.items()],
        }
        if request.match_info["name"] in self._drifting:
            page[f"field_{self._visits[request.match_info['name']]}"] = "new"
        return web.json_response(page)
