"""What earlier versions wrote is read by this one: databases of whole stories, rows of the outbox,
and facts of every message, each beside what was made of it when it was written down.

`write.py` writes databases, forms and estates. The rest was gathered once from the outboxes of all
tests: `outbox.jsonl` has up to three rows of every kind of message and every shape of its facts,
`addresses.jsonl` every form of recipient, subject and stream; `messages.json` and `elsewhere.jsonl`
have the words of such rows."""
