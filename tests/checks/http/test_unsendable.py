"""What we cannot even send says nothing about the far end: a mistake of ours opens no outage."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from bot.checks import PROBES
from bot.checks.http.fetch import Call, Unsendable, fetch
from bot.checks.outcomes import failed_call
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.core.monitoring.signals import Blind
from tests.checks.conftest import NOW, FarEnd, spec

pytestmark = pytest.mark.anyio

SECRET = "hunter2-first\nhunter2-second"
LONG = "a" * 70 + ".example"
LOGIN = {"client_id": "a\nb", "client_secret": SECRET}
UNSENDABLE: dict[str, tuple[str, dict[str, Any]]] = {
    "a token of two lines": ("http", {"url": "{far}", "bearer": SECRET}),
    "a header of two lines": ("http", {"url": "{far}", "headers": {"x-key": SECRET}}),
    "a header with an odd letter": ("http", {"url": "{far}", "headers": {"x-key": "hunter2 – x"}}),
    "a name of a header with a blank": ("http", {"url": "{far}", "headers": {"x key": "hunter2"}}),
    "a header's empty name": ("http", {"url": "{far}", "headers": {"": "hunter2"}}),
    "a host with an empty label": ("http", {"url": "http://a..example/"}),
    "a host with too long a label": ("http", {"url": f"http://{LONG}/"}),
    "a tcp host with an empty label": ("tcp", {"host": "a..example", "port": 1}),
    "a tcp host with too long a label": ("tcp", {"host": LONG, "port": 1}),
    "a tls host with an empty label": ("tls", {"host": "a..example"}),
    "an sftp host with too long a label": (
        "sftp",
        {"host": LONG, "user": "u", "password": "x", "host_key": "any"},
    ),
    "a dns name with too long a label": ("dns", {"name": LONG, "nameserver": "127.0.0.1"}),
    "a page at an odd address": ("statuspage", {"url": f"http://{LONG}/"}),
    "an address with a zero": ("http", {"url": "{far}/\0"}),
    "an odd token endpoint": (
        "http",
        {"url": "{far}", "oauth": LOGIN | {"token_url": f"http://{LONG}/"}},
    ),
}


@pytest.mark.parametrize("case", UNSENDABLE)
async def test_what_cannot_be_sent_is_refused_by_its_setting(case: str, far_end: FarEnd) -> None:
    kind, settings = UNSENDABLE[case]
    filled = {
        name: value.replace("{far}", far_end.url) if isinstance(value, str) else value
        for name, value in settings.items()
    }

    with pytest.raises(ValidationError) as refused:
        spec(kind, **filled)

    assert "hunter2" not in str(refused.value)
    assert refused.value.errors()[0]["loc"][0] in settings


async def test_a_token_that_no_header_takes_makes_blind_and_is_not_shown(
    tools: Tools, far_end: FarEnd
) -> None:
    far_end.answers({"access_token": SECRET, "token_type": "bearer"})
    login = {"token_url": f"{far_end.url}/token", "client_id": "a", "client_secret": "x"}

    seen = await Runner(tools, PROBES).observe(spec("http", url=far_end.url, oauth=login), NOW)

    assert isinstance(seen, Blind)
    assert "authorization has a line break" in seen.reason
    assert "nothing was sent" in seen.reason
    assert "hunter2" not in seen.reason


@pytest.mark.parametrize(
    "call",
    [
        {"headers": {"x key": "hunter2"}},
        {"headers": {"x-key": SECRET}},
        {"json": object()},
        {"url": httpx.URL("ftp://127.0.0.1/")},
        {"url": httpx.URL("/nowhere")},
    ],
)
async def test_no_request_that_cannot_be_made_speaks_of_the_far_end(
    call: dict[str, Any], tools: Tools, far_end: FarEnd
) -> None:
    made = Call(**{"method": "POST", "url": httpx.URL(far_end.url), "seconds": 5, **call})

    with pytest.raises(Unsendable) as refused:
        await fetch(tools.http, far_end.url, made, redirects=0)

    seen = failed_call(refused.value, "POST far", timedelta(seconds=5), NOW)
    assert isinstance(seen, Blind)
    assert "hunter2" not in seen.reason
    assert far_end.requests == []
