"""One message per slot, whatever happens between the intention and its proof."""

import pytest

from bot.core.outbox.received import Post
from bot.slack.kit import SlackMessage, message, section
from bot.slack.platform.gateway import Later
from tests.slack.conftest import Bench

pytestmark = pytest.mark.anyio

SUBJECT = "incident:1"


def saying(text: str) -> SlackMessage:
    return message(text, [section(text)])


def texts(bench: Bench) -> list[str]:
    return [seen.text for seen in bench.slack.messages("#general") if seen.message.app_id]


async def test_the_same_content_is_posted_once_and_not_touched_again(bench: Bench) -> None:
    first = await bench.poster.keep_current(SUBJECT, "card", bench.general, saying("open"))

    again = await bench.poster.keep_current(SUBJECT, "card", bench.general, saying("open"))

    assert first == again
    assert [call.method for call in bench.standin.services.log.calls] == ["chat.postMessage"]


async def test_new_content_edits_the_same_message(bench: Bench) -> None:
    first = await bench.poster.keep_current(SUBJECT, "card", bench.general, saying("open"))

    second = await bench.poster.keep_current(SUBJECT, "card", bench.general, saying("acknowledged"))

    assert first == second
    assert texts(bench) == ["acknowledged"]


async def test_a_message_that_somebody_deleted_is_posted_anew(bench: Bench) -> None:
    first = await bench.poster.keep_current(SUBJECT, "card", bench.general, saying("open"))
    await bench.gateway.call("chat.delete", channel=bench.general, ts=first)

    second = await bench.poster.keep_current(SUBJECT, "card", bench.general, saying("acknowledged"))

    assert second != first
    assert texts(bench) == ["acknowledged"]


async def test_a_post_without_proof_is_found_and_brought_up_to_date(bench: Bench) -> None:
    ts = await bench.poster.keep_current(SUBJECT, "card", bench.general, saying("open"))
    unproven = Post(subject=SUBJECT, slot="card", channel=bench.general, ts=None)
    await bench.runtime.store.run(lambda tx: tx.save_post(unproven))

    found = await bench.poster.keep_current(SUBJECT, "card", bench.general, saying("acknowledged"))

    assert found == ts
    assert texts(bench) == ["acknowledged"]


async def test_a_post_without_an_answer_is_looked_for_before_it_is_repeated(bench: Bench) -> None:
    bench.proxy.loses("chat.postMessage", calls=1)
    with pytest.raises(Later):
        await bench.poster.post(bench.general, saying("ping"), "letter 1", maybe_sent=False)
    await bench.slack.member("Bob").sees("#general", "ping")

    posted = await bench.poster.post(bench.general, saying("ping"), "letter 1", maybe_sent=False)

    assert posted.found
    assert texts(bench) == ["ping"]


async def test_another_installs_message_is_not_taken_for_ours(bench: Bench) -> None:
    await bench.gateway.call(
        "chat.postMessage",
        channel=bench.general,
        text="theirs",
        metadata={
            "event_type": "firstlane",
            "event_payload": {"install": "another", "mark": "letter 1"},
        },
    )

    posted = await bench.poster.post(bench.general, saying("ours"), "letter 1", maybe_sent=True)

    assert not posted.found
    assert texts(bench) == ["theirs", "ours"]
