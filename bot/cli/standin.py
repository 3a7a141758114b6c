"""`firstlane standin`: the local Slack alone, for any Bolt app."""

import argparse
import asyncio
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.files.content import manifest_path
from bot.language.errors import Invalid
from slack_standin.server import DEFAULT_MEMBERS, Member, Standin


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> int:
    manifest = read_yaml(arguments.manifest) if arguments.manifest else None
    members = members_of(arguments.members)
    standin = Standin(
        members=members,
        manifest=manifest,
        channels=tuple(arguments.channel),
        state=arguments.state,
        log_calls=arguments.log_calls,
        host=arguments.host,
        port=arguments.port,
    )
    try:
        async with standin as slack:
            _tell(slack, as_json=arguments.json)
            await asyncio.Event().wait()
    except OSError as error:
        raise port_in_use(arguments.host, arguments.port, error) from error
    return 0


def port_in_use(host: str, port: int, error: OSError) -> Invalid:
    return Invalid(f"Cannot serve on {host}:{port}: {error.strerror}. Choose another --port.")


def _tell(slack: Standin, *, as_json: bool) -> None:
    facts = {
        "api_url": slack.api_url,
        "bot_token": slack.bot_token,
        "app_token": slack.app_token,
        "signing_secret": slack.signing_secret,
    }
    if as_json:
        print(json.dumps({"url": slack.url, **facts}), flush=True)
        return
    settings = "\n".join(f"  SLACK_{name.upper()}={value}" for name, value in facts.items())
    print(f"Local Slack: {slack.url}\n{settings}\nCtrl-C stops it.", flush=True)


def members_of(path: Path | None) -> tuple[Member, ...]:
    """Raises Invalid for a file that names no members."""
    if path is None:
        return DEFAULT_MEMBERS
    listed = read_yaml(path)
    if isinstance(listed, dict) and isinstance(listed.get("people"), dict):
        listed = [_member(key, person) for key, person in listed["people"].items()]
    if not isinstance(listed, list):
        raise Invalid(f"{path}: a list of members is expected, or an estate file with `people`")
    try:
        return tuple(Member(**item) for item in listed)
    except TypeError as error:
        raise Invalid(f"{path}: each member needs name and real_name ({error})") from error


def _member(key: str, person: Any) -> dict[str, Any]:
    """Somebody of an estate file as a member of the workspace. Whoever has no address there has
    none here, so that what the bot would not find in Slack, it does not find here either."""
    told = person if isinstance(person, dict) else {}
    known = {"id": told.get("slack"), "email": told.get("email"), "title": told.get("title")}
    given = {name: str(value) for name, value in known.items() if value}
    return {"name": str(key), "real_name": str(told.get("name") or key), **given}


def read_yaml(path: Path) -> Any:
    """The file's content. Raises Invalid, naming the file."""
    try:
        with path.open(encoding="utf-8") as source:
            return yaml.safe_load(source)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise Invalid(f"{path} cannot be read: {reason}") from error


@cache
def app_manifest() -> Mapping[str, Any]:
    """Our own app's manifest, as shipped."""
    found = read_yaml(manifest_path())
    if not isinstance(found, dict):
        raise Invalid("the shipped manifest is damaged; install Firstlane again")
    return found
