"""Mail to outside parties, by SMTP. Blocking, so it runs in a thread of its own.

Rule of this file: what the server refuses for good is final; everything else is tried again.
"""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from bot.flows.outbox.fallback import Mail, NotMailed
from bot.language.errors import Invalid
from bot.language.redaction import Secret

NO_SECRET = Secret("")
TIMEOUT_S = 20
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in. `password` is shown as `***`."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: Secret = NO_SECRET
    tls: bool = False
    starttls: bool = False

    async def send(self, mail: Mail) -> None:
        """Raises NotMailed. A plain connection never carries a password."""
        await asyncio.to_thread(self._send, mail)

    def _send(self, mail: Mail) -> None:
        try:
            with self._connected() as server:
                if self.starttls:
                    server.starttls(context=ssl.create_default_context())
                if self.user:
                    server.login(self.user, self.password.reveal())
                server.send_message(self._written(mail))
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()), (550, b""))
            raise NotMailed(
                f"the mail server refused {mail.to} ({code})", final=code >= 500
            ) from None
        except smtplib.SMTPResponseException as error:
            # A 5xx at the greeting speaks of the server as a whole and not of this mail.
            final = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPConnectError)
            raise NotMailed(f"the mail server said {error.smtp_code}", final=final) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotMailed(f"no mail server ({type(error).__name__})", final=False) from None

    def _connected(self) -> smtplib.SMTP:
        if self.tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)

    def _written(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = mail.to
        # EmailMessage refuses a header with a line break, and the mail with it.
        message["Subject"] = " ".join(mail.subject.split())
        # The same id at each try, so that mail which leaves twice can be known as one.
        message["Message-ID"] = f"<{mail.message_id}@{self.sender.rpartition('@')[2]}>"
        # RFC 3834: absence notes do not answer such a mail.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.body)
        return message


def mail_server(url: str) -> MailServer | None:
    """The server named by `smtp[s]://user:password@host:port?from=firstlane@example.com`, or by the
    same with `smtp+starttls`; None for an empty text. Raises Invalid, without showing the
    password."""
    if not url.strip():
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise Invalid("FIRSTLANE_SMTP_URL is not an address.") from None
    sender = next(iter(parse_qs(parts.query).get("from", ())), "")
    if parts.scheme not in _PORTS or not parts.hostname or "@" not in sender:
        raise Invalid(
            "FIRSTLANE_SMTP_URL should look like"
            " smtp+starttls://user:password@mail.example.com:587?from=firstlane@example.com"
        )
    if parts.username and parts.scheme == "smtp":
        raise Invalid("FIRSTLANE_SMTP_URL has a password: use smtps:// or smtp+starttls://.")
    return MailServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        sender=sender,
        user=unquote(parts.username or ""),
        password=Secret(unquote(parts.password or "")),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+starttls",
    )
