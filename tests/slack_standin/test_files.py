"""Uploading files in three steps."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from slack_standin import Standin
from slack_standin.driver import Driver
from tests.slack_standin.conftest import Api, Link

pytestmark = pytest.mark.anyio


async def test_the_sdk_uploads_a_file_into_a_channel(
    client: AsyncWebClient, api: Api, slack: Driver
) -> None:
    room = await api.channel("orders")
    await api("conversations.invite", channel=room, users=slack.member("Bob").id)

    await client.files_upload_v2(
        channel=room, filename="chart.png", content=b"png", title="Orders per hour"
    )

    message = await slack.member("Bob").sees("#orders", "Orders per hour")
    assert message.message.body["subtype"] == "file_share"
    assert message.message.body["files"][0]["mimetype"] == "image/png"


async def test_the_upload_answers_in_plain_text_and_keeps_the_bytes(
    api: Api, standin: Standin
) -> None:
    step = await api("files.getUploadURLExternal", filename="a.txt", length=5)

    async with api.session.post(step["upload_url"], data=b"hello") as response:
        answer = (response.content_type, await response.text())
    await api("files.completeUploadExternal", files=[{"id": step["file_id"], "title": "A"}])
    info = await api("files.info", file=step["file_id"])
    async with api.session.get(info["file"]["url_private"]) as response:
        content = await response.read()

    assert answer == ("text/plain", "OK - 5")
    assert content == b"hello"
    assert info["file"]["shares"] == {}


async def test_sharing_is_an_event_and_shows_in_the_file(api: Api, link: Link) -> None:
    room = await api.channel("orders")
    step = await api("files.getUploadURLExternal", filename="a.txt", length=5)
    await api.session.post(step["upload_url"], data=b"hello")

    async with link() as wire:
        done = await api(
            "files.completeUploadExternal", files=[{"id": step["file_id"]}], channel_id=room
        )
        frame = await wire.event("file_shared")
    info = await api("files.info", file=step["file_id"])

    assert done["files"][0]["shares"] == {}
    assert frame["payload"]["event"]["channel_id"] == room
    assert list(info["file"]["shares"]["public"]) == [room]


async def test_uploads_that_cannot_work_are_refused(api: Api) -> None:
    empty = await api("files.getUploadURLExternal", filename="a.txt", length=0)
    unknown = await api("files.completeUploadExternal", files=[{"id": "F0"}])
    old = await api("files.upload", content="x")

    assert empty["error"] == "missing_argument"
    assert unknown["error"] == "file_not_found"
    assert old["error"] == "method_deprecated"


async def test_an_image_block_needs_a_finished_file(api: Api) -> None:
    room = await api.channel("orders")
    step = await api("files.getUploadURLExternal", filename="a.png", length=3)
    image = {"type": "image", "alt_text": "a", "slack_file": {"id": step["file_id"]}}

    early = await api("chat.postMessage", channel=room, text="x", blocks=[image])
    await api.session.post(step["upload_url"], data=b"png")
    await api("files.completeUploadExternal", files=[{"id": step["file_id"]}])
    late = await api("chat.postMessage", channel=room, text="x", blocks=[image])

    assert early["error"] == "invalid_blocks"
    assert late["ok"] is True


async def test_a_file_cannot_run_as_a_page_of_the_workspace(api: Api) -> None:
    step = await api("files.getUploadURLExternal", filename="a.html", length=8)
    await api.session.post(step["upload_url"], data=b"<script>")

    async with api.session.get(f"{api.standin.url}/files-pri/{step['file_id']}") as response:
        policy = response.headers["Content-Security-Policy"]

    assert policy.startswith("sandbox")


async def test_a_permalink_leads_to_the_message_in_the_browser(api: Api) -> None:
    room = await api.channel("orders")
    posted = await api("chat.postMessage", channel=room, text="here")
    link = (await api("chat.getPermalink", channel=room, message_ts=posted["ts"]))["permalink"]

    async with api.session.get(link, allow_redirects=False) as response:
        place = response.headers["Location"]

    assert place == f"/#/archives/{room}/p{posted['ts'].replace('.', '')}"
