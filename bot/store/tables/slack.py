"""What is remembered of Slack: channels, posts kept current, users."""

import uuid
from collections.abc import Mapping
from typing import Any

from bot.core.outbox.received import Post, SlackUser
from bot.store.codec import Rows


class SlackRows(Rows):
    def channel_of(self, subject: str) -> str | None:
        row = self.one("select channel from channels where subject = ?", subject)
        return row["channel"] if row else None

    def channel_name_of(self, subject: str) -> str | None:
        row = self.one("select name from channels where subject = ?", subject)
        return row["name"] if row else None

    def subject_of_channel(self, channel: str) -> str | None:
        row = self.one("select subject from channels where channel = ?", channel)
        return row["subject"] if row else None

    def name_channel(self, subject: str, name: str) -> None:
        """Remember the name before the channel is asked for."""
        self.put("channels", {"subject": subject, "name": name})

    def save_channel(self, subject: str, channel: str) -> None:
        self.put("channels", {"subject": subject, "channel": channel})

    def posts(self, subject: str) -> Mapping[str, Post]:
        rows = self.all("select * from posts where subject = ? order by rowid", subject)
        return {
            row["slot"]: Post(
                subject=row["subject"],
                slot=row["slot"],
                channel=row["channel"],
                ts=row["ts"],
                digest=row["digest"] or "",
            )
            for row in rows
        }

    def save_post(self, post: Post) -> None:
        self.put(
            "posts",
            {
                "subject": post.subject,
                "slot": post.slot,
                "channel": post.channel,
                "ts": post.ts,
                "digest": post.digest,
            },
        )

    def fixture(self, subject: str, name: str) -> str | None:
        """What was last applied for a piece of furniture, as text."""
        row = self.one("select value from fixtures where subject = ? and name = ?", subject, name)
        return row["value"] if row else None

    def save_fixture(self, subject: str, name: str, value: str) -> None:
        self.put("fixtures", {"subject": subject, "name": name, "value": value})

    def fixtures_of(self, subject: str) -> Mapping[str, str]:
        rows = self.all("select name, value from fixtures where subject = ?", subject)
        return {row["name"]: row["value"] for row in rows}

    def slack_user(self, person: str) -> SlackUser | None:
        row = self.one("select * from slack_users where person = ?", person)
        return _slack_user(row) if row else None

    def slack_users(self) -> tuple[SlackUser, ...]:
        """Everybody who was ever looked up."""
        return tuple(map(_slack_user, self.all("select * from slack_users")))

    def people_of(self, user: str) -> tuple[SlackUser, ...]:
        """Whose look-up gave this Slack user."""
        rows = self.all('select * from slack_users where "user" = ?', user)
        return tuple(map(_slack_user, rows))

    def save_slack_user(self, user: SlackUser) -> None:
        self.put(
            "slack_users",
            {
                "person": user.person,
                "user": user.user,
                "dm": user.dm,
                "problem": user.problem,
                "address": user.address,
            },
        )

    def install(self) -> str:
        """An id of this database, made once; it tells our messages from another install's."""
        row = self.one("select value from meta where name = 'install'")
        if row:
            return str(row["value"])
        made = uuid.uuid4().hex
        self.put("meta", {"name": "install", "value": made})
        return made

    def posted_unsigned(self) -> bool:
        """Whether this database was in use before buttons said which one they are from."""
        return self.one("select 1 from meta where name = 'posted unsigned'") is not None


def _slack_user(row: Mapping[str, Any]) -> SlackUser:
    return SlackUser(
        person=row["person"],
        user=row["user"],
        dm=row["dm"],
        problem=row["problem"] or "",
        address=row["address"],
    )
