"""What is remembered of Slack: channels, posts kept current, users."""

import uuid
from collections.abc import Mapping

from bot.core.outbox.received import Post, SlackUser
from bot.store.codec import columns, record
from bot.store.table import Rows


class SlackRows(Rows):
    def channel_of(self, subject: str) -> str | None:
        return self.text("select channel from channels where subject = ?", subject)

    def channel_name_of(self, subject: str) -> str | None:
        return self.text("select name from channels where subject = ?", subject)

    def subject_of_channel(self, channel: str) -> str | None:
        return self.text("select subject from channels where channel = ?", channel)

    def name_channel(self, subject: str, name: str) -> None:
        """Remember the name before the channel is asked for."""
        self.put("channels", {"subject": subject, "name": name}, "subject")

    def save_channel(self, subject: str, channel: str) -> None:
        self.put("channels", {"subject": subject, "channel": channel}, "subject")

    def posts(self, subject: str) -> Mapping[str, Post]:
        rows = self.all("select * from posts where subject = ? order by number", subject)
        return {row["slot"]: record(Post, row) for row in rows}

    def save_post(self, post: Post) -> None:
        row = columns(post, "subject", "slot", "channel", "ts", "digest")
        self.put("posts", row, "subject", "slot")
        self.change(
            "update posts set number = (select coalesce(max(number), 0) + 1 from posts)"
            " where subject = ? and slot = ? and number is null",
            post.subject,
            post.slot,
        )

    def recall(self, subject: str, name: str) -> str | None:
        """What was last written under this name, as text."""
        return self.text("select value from fixtures where subject = ? and name = ?", subject, name)

    def remember(self, subject: str, name: str, value: str) -> None:
        row = {"subject": subject, "name": name, "value": value}
        self.put("fixtures", row, "subject", "name")

    def recall_all(self, subject: str) -> Mapping[str, str]:
        rows = self.all("select name, value from fixtures where subject = ?", subject)
        return {row["name"]: row["value"] for row in rows}

    def slack_user(self, person: str) -> SlackUser | None:
        row = self.one("select * from slack_users where person = ?", person)
        return record(SlackUser, row) if row else None

    def slack_users(self) -> tuple[SlackUser, ...]:
        """Everybody who was ever looked up."""
        return tuple(record(SlackUser, row) for row in self.all("select * from slack_users"))

    def people_of(self, user: str) -> tuple[SlackUser, ...]:
        """Whose look-up gave this Slack user."""
        rows = self.all('select * from slack_users where "user" = ?', user)
        return tuple(record(SlackUser, row) for row in rows)

    def save_slack_user(self, user: SlackUser) -> None:
        row = columns(user, "person", "user", "dm", "problem", "address")
        self.put("slack_users", row, "person")

    def install(self) -> str:
        """An id of this database, made once; it tells our messages from another install's."""
        # A restored backup keeps its id, so that it finds its own messages again.
        if known := self.text("select value from meta where name = 'install'"):
            return known
        made = uuid.uuid4().hex
        self.insert("meta", {"name": "install", "value": made})
        return made

    def posted_unsigned(self) -> bool:
        """Whether this database was in use before buttons said which one they are from."""
        return self.one("select 1 from meta where name = 'posted unsigned'") is not None
