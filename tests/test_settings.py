"""Settings are read once, and a wrong one is named."""

import re
from pathlib import Path

import pytest

from bot.language.errors import Invalid
from bot.settings import SETTINGS, read, require_slack

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_APP_TOKEN": "xapp-1-secret"}


def test_without_an_environment_the_defaults_hold() -> None:
    settings = read({})

    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert settings.database == Path(".firstlane/firstlane.sqlite3")
    assert settings.runbooks is None
    assert not settings.bot_token


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_blank_means_unset(blank: str) -> None:
    assert read({item.name: blank for item in SETTINGS}) == read({})


def test_spaces_around_a_value_are_no_part_of_it() -> None:
    settings = read({**TOKENS, "SLACK_SIGNING_SECRET": " s3cret\n", "FIRSTLANE_HTTP": " [::]:80 "})

    assert settings.signing_secret.reveal() == "s3cret"
    assert settings.http_port == 80


def test_the_address_of_slack_ends_in_a_slash() -> None:
    assert read({"SLACK_API_URL": "http://127.0.0.1:8901/api"}).api_url.endswith("/api/")


def test_addresses_are_shown_as_others_reach_them() -> None:
    behind = read({**TOKENS, "FIRSTLANE_PUBLIC_URL": "https://firstlane.example.com/"})
    bare = read({**TOKENS, "FIRSTLANE_HTTP": "10.0.0.5:0"})

    assert behind.address("ping/abc", port=4711) == "https://firstlane.example.com/ping/abc"
    assert bare.address("ping/abc", port=4711) == "http://10.0.0.5:4711/ping/abc"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIRSTLANE_HTTP", "8080"),
        ("FIRSTLANE_PUBLIC_URL", "firstlane.example.com"),
        ("FIRSTLANE_HTTP", ":8080"),
        ("FIRSTLANE_HTTP", "localhost:"),
        ("FIRSTLANE_HTTP", "localhost:65536"),
        ("FIRSTLANE_HTTP", "localhost:²"),
        ("FIRSTLANE_HTTP", "localhost:-1"),
        ("SLACK_API_URL", "slack.com/api/"),
        ("SLACK_BOT_TOKEN", "xoxp-1-secret"),
        ("SLACK_APP_TOKEN", "xoxb-1-secret"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(Invalid, match=name) as refused:
        read({name: value})

    assert "1-secret" not in str(refused.value)


def test_tokens_do_not_show_when_the_settings_are_printed() -> None:
    assert "1-secret" not in repr(read(TOKENS))


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
    ],
)
def test_what_slack_needs_is_asked_for_by_name(given: dict[str, str], missing: str) -> None:
    with pytest.raises(Invalid, match=missing):
        require_slack(read(given))


@pytest.mark.parametrize(
    "given", [TOKENS, {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}]
)
def test_socket_mode_or_a_signing_secret_is_enough(given: dict[str, str]) -> None:
    settings = read(given)

    require_slack(settings)

    assert settings.bot_token.reveal().startswith("xoxb-")


def test_every_setting_has_its_help() -> None:
    assert all(item.help for item in SETTINGS)
    assert len({item.name for item in SETTINGS}) == len(SETTINGS)


def test_every_setting_that_a_message_names_exists() -> None:
    bot = Path(__file__).resolve().parents[1] / "bot"
    texts = (path.read_text(encoding="utf-8") for path in bot.rglob("*.py"))
    named = {name for text in texts for name in re.findall(r"FIRSTLANE_[A-Z_]+", text)}

    # The example estate is told where the simulated one is.
    assert named - {item.name for item in SETTINGS} == {"FIRSTLANE_ESTATE"}


@pytest.mark.parametrize("address", ["http://u:pa55@host/", "https://pa55@host", "u:pa55@host/api"])
@pytest.mark.parametrize("name", ["SLACK_API_URL", "FIRSTLANE_PUBLIC_URL"])
def test_a_password_in_an_address_is_refused_and_not_shown(name: str, address: str) -> None:
    with pytest.raises(Invalid, match=name) as refused:
        read({**TOKENS, name: address})

    assert "pa55" not in str(refused.value)
