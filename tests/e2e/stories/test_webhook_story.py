"""A step that sends payments again: held for its owner, confirmed by the responder, called once."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.checks import settings_models
from bot.files.library import Library
from tests.e2e.estate import catalogue_text, looked_at_often
from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio

RESEND = """\
id: resend
name: Send again
summary: Send the waiting records again.
steps:
  - id: send
    title: Send them again
    ask: Send the waiting records again?
    why: Compare count and sum before and after.
    kind: action
    action: {kind: webhook, hook: resend-orders}
    answers:
      - {id: sent, label: They are on their way, because: They were sent again.}
"""


async def test_a_confirmed_webhook_is_called_once_after_the_owner_s_word(
    story: Story, tmp_path: Path
) -> None:
    calls: list[str] = []
    called = asyncio.Event()

    async def take(request: web.Request) -> web.Response:
        calls.append(await request.text())
        called.set()
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/resend", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/resend"
    hook = f"webhooks: {{resend-orders: {{url: '{url}', private: true, resends: true, body: "
    hook += "{connection: '{{connection}}'}, confirm: Send the waiting orders again?}}\n"
    text = catalogue_text(story.erp.url).replace(
        "    name: Web shop orders\n", "    name: Web shop orders\n    entities: [payments]\n"
    )
    own = tmp_path / "own"
    own.mkdir()
    (own / "resend.yaml").write_text(RESEND, encoding="utf-8")
    try:
        await story.stops()
        story.rewrite(text + hook)
        story.library = Library(
            story.estate, environ={}, kinds=settings_models(), extra=own, adapt=looked_at_often
        )
        story.library.reload(story.clock.now())
        assert story.library.usable, story.library.catalogue_problems
        await story.starts()
        channel = await story.breaks()
        ping = await story.bob.gets_dm("Web shop orders is failing")
        await ping.click("Acknowledge")
        await story.bob.types(channel, "/conn runbook resend")

        # The functional owner is asked by name and approves; until then nobody can send.
        asked = await story.alice.gets_dm("Your word is needed on INC-1")
        await asked.click("Approve…")
        form = await story.alice.sees_modal("Approve")
        await form.submit()
        await story.bob.sees(channel, "approved “Send them again”")
        question = await story.bob.sees(channel, "Approved by @Alice Owner")
        await question.click("Run resend-orders…")
        await called.wait()
        await story.bob.sees(channel, "HTTP 202 Accepted")
        assert calls == ['{"connection": "orders"}']
        assert story.our_faults() == []
    finally:
        await runner.cleanup()
