"""Fills a workspace: members, first channels, apps. What is there already stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_standin.acts import channels as rooms
from slack_standin.acts.manifest import read_manifest, wide_manifest
from slack_standin.acts.manifest_rules import check_manifest
from slack_standin.state.entities import App, User
from slack_standin.state.ids import ident, secret_hex
from slack_standin.state.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person in the workspace. Without `id` one is derived from `name`."""

    name: str
    real_name: str
    id: str | None = None
    email: str = ""
    title: str = ""
    tz: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Secrets of the installed app, when a test wants to choose them."""

    bot: str
    app: str
    signing_secret: str


def found_workspace(ws: Workspace, *, members: Sequence[Member], channels: Sequence[str]) -> None:
    """Create what is missing: the members, `#general` and the named channels with all in them."""
    ws.save(ws.team)
    ids = [_member(ws, member) for member in members]
    for name in ("general", *(c.removeprefix("#") for c in channels)):
        channel = ws.channel_named(name)
        if channel is None:
            channel = rooms.create(ws, name, "")
            channel.is_general = name == "general"
            channel.members = list(ids)
        elif channel.is_general:
            # A member who is new since the last start belongs in #general like all others.
            missing = [i for i in ids if i not in channel.members and not ws.users[i].deleted]
            channel.members += missing
        ws.save(channel)


def _member(ws: Workspace, member: Member) -> str:
    user_id = member.id or ident("U", member.name)
    if user_id not in ws.users:
        ws.save(
            User(
                id=user_id,
                name=member.name,
                real_name=member.real_name,
                display_name=member.real_name,
                email=member.email or f"{member.name}@example.com",
                title=member.title,
                tz=member.tz,
                updated=ws.now(),
            )
        )
    return user_id


def found_app(
    ws: Workspace, manifest: Mapping[str, object] | None, *, tokens: Tokens | None = None
) -> App:
    """Install an app from its manifest, or bring an installed one up to date with it.

    Raises ManifestRefused for a manifest Slack would not take.
    """
    raw = dict(manifest) if manifest is not None else wide_manifest()
    check_manifest(raw)
    parsed = read_manifest(raw)
    app_id = ident("A", parsed.name)
    known = ws.apps.get(app_id)
    app = App(
        id=app_id,
        name=parsed.name,
        bot_user=ident("U", "bot", parsed.name),
        bot_id=ident("B", parsed.name),
        bot_token=tokens.bot if tokens else "-".join(("xoxb", secret_hex("bot", app_id))),
        app_token=tokens.app if tokens else "-".join(("xapp", "1", secret_hex("app", app_id))),
        signing_secret=tokens.signing_secret if tokens else secret_hex("signing", app_id),
        manifest=raw,
        socket_mode=known.socket_mode if known else parsed.socket_mode,
        request_url=parsed.request_url or (known.request_url if known else ""),
    )
    ws.save(app)
    if app.bot_user not in ws.users:
        ws.save(_bot(app, parsed.bot_name, ws.now()))
    return app


def _bot(app: App, name: str, now: int) -> User:
    return User(
        id=app.bot_user,
        name=name.lower(),
        real_name=app.name,
        display_name=name,
        is_bot=True,
        bot_id=app.bot_id,
        app_id=app.id,
        updated=now,
    )
