"""Evidence by mail: what a mail server hears, and what its refusals mean."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.delivery.email import mail_server
from bot.flows.outbox.fallback import Mail, NotMailed
from bot.language.errors import Invalid

pytestmark = pytest.mark.anyio
MAIL = Mail(
    to="help@maker.example",
    subject="[INC-1] Shop orders is failing\nBcc: all@example.com",
    body="Our reference: INC-1\nKöln → ERP",
    message_id="letter-7.abc",
)


@dataclass(slots=True)
class Postbox:
    """A mail server that keeps what it takes; `refusals` answer a command instead of `250`."""

    refusals: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    port: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 postbox\r\n")
        while line := (await reader.readline()).decode().rstrip():
            self.heard.append(line)
            word = line.split()[0].upper()
            if word == "DATA":
                writer.write(b"354 go on\r\n")
                self.taken.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            answer = self.refusals.get(word, "221 bye" if word == "QUIT" else "250 ok")
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
            if word == "QUIT":
                break
        writer.close()


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    box = Postbox()
    server = await asyncio.start_server(box.talk, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


async def send(port: int) -> None:
    server = mail_server(f"smtp://127.0.0.1:{port}?from=firstlane@example.com")
    assert server is not None
    await server.send(MAIL)


async def test_a_mail_arrives_with_its_own_id_and_one_recipient(postbox: Postbox) -> None:
    await send(postbox.port)

    (taken,) = postbox.taken
    assert "Message-ID: <letter-7.abc@example.com>" in taken
    assert "To: help@maker.example" in taken
    heard = [line.lower() for line in postbox.heard]
    assert [line for line in heard if line.startswith("rcpt")] == ["rcpt to:<help@maker.example>"]


@pytest.mark.parametrize(
    ("command", "answer", "final"),
    [
        ("RCPT", "550 no such box", True),
        ("RCPT", "451 later", False),
        ("MAIL", "554 not you", True),
        ("MAIL", "421 busy", False),
    ],
)
async def test_only_a_refusal_for_good_is_final(
    postbox: Postbox, command: str, answer: str, final: bool
) -> None:
    postbox.refusals[command] = answer

    with pytest.raises(NotMailed) as refused:
        await send(postbox.port)

    assert refused.value.final is final


async def test_a_server_that_is_not_there_is_asked_again() -> None:
    with pytest.raises(NotMailed) as refused:
        await send(1)

    assert not refused.value.final


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "smtp://mail.example.com",
        "smtp://mail.example.com?from=nobody",
        "smtp://user:sesame@mail.example.com?from=firstlane@example.com",
        "smtps://mail.example.com:99999?from=firstlane@example.com",
    ],
)
async def test_an_address_that_cannot_work_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Invalid, match="FIRSTLANE_SMTP_URL") as refused:
        mail_server(url)

    assert "sesame" not in str(refused.value)


async def test_a_password_does_not_show() -> None:
    server = mail_server("smtps://user:sesame@mail.example.com?from=firstlane@example.com")

    assert "sesame" not in repr(server)


async def test_without_an_address_there_is_no_mail() -> None:
    assert mail_server("  ") is None
