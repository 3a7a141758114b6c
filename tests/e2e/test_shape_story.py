"""The shape of the data changes and nobody approved it: both owners are asked, in Slack itself."""

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio

READS = "signals: {status: $.status,"
FINGERPRINTS = "signals: {fingerprint: {path: $, pick: shape}, status: $.status,"


def watched(story: Story) -> None:
    """Orders' check takes a fingerprint, and Dana is who says whether its data is right."""
    text = story.estate.read_text(encoding="utf-8")
    text = text.replace(READS, FINGERPRINTS, 1)
    story.rewrite(text.replace("functional: alice, architecture: dana", "functional: dana", 1))


async def test_both_owners_are_asked_once_whether_it_was_them(story: Story) -> None:
    watched(story)

    story.erp.drifts("orders")

    asked = await story.alice.gets_dm("The shape of the data of Web shop orders changed")
    other = await story.dana.gets_dm("The shape of the data of Web shop orders changed")
    assert "Dana Manager what changed" in asked.text
    assert "Alice Owner what changed" in other.text
    assert "no approved change is recorded" in asked.text
