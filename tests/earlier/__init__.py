"""What earlier versions wrote is read by this one: databases of whole stories, rows of the outbox,
and facts of every message, each beside what was made of it when it was written down.

`write.py` writes the databases, the forms and the estate. `messages.json`, `outbox.jsonl` and
`addresses.jsonl` were gathered from the outboxes of all tests: for every kind of message and every
shape of its facts up to three rows, and every form of recipient, subject and stream."""
