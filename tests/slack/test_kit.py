"""The pieces that every message is made of."""

from bot.slack.kit import context, header, lines, message
from slack_standin.blockkit import check_blocks


def test_a_section_that_has_nothing_to_say_is_left_out() -> None:
    said = message("INC-2", [header("INC-2"), lines("", ""), context("A part of INC-1.")])

    assert check_blocks(list(said.blocks), surface="message") == []
    assert [block["type"] for block in said.blocks] == ["header", "context"]


def test_the_text_of_a_notification_calls_no_channel() -> None:
    said = message("Shop <!channel> & <!date^1^{time}|now>", [])

    assert said.text == "Shop &lt;!channel> & <!date^1^{time}|now>"


def test_a_name_in_the_text_of_a_notification_is_no_link_and_no_mark() -> None:
    name = "A<!here> <https://evil.example|x> <mailto:a@b.c> <@everyone> <!subteam^S1> <x"
    said = message(f"{name}: <@U012AB3CD> in <#C012AB3CD>", [])

    ours = "<@U012AB3CD> in <#C012AB3CD>"
    assert said.text.endswith(ours)
    assert "<" not in said.text.removesuffix(ours)
    assert "evil" not in said.text
