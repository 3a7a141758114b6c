"""Answers that are not Slack's, as proxies, portals and half-dead load balancers give them."""

from tests.e2e.slack_proxy import Junk

JSON = "application/json"
PAGE = b"<html><body>Sign in to the network</body></html>"

JUNK: dict[str, Junk] = {
    "a page": Junk(),
    "nothing": Junk(body=b""),
    "nothing of no type": Junk(kind=None, body=b""),
    "a page that says it is JSON": Junk(kind=JSON),
    "text": Junk(kind="text/plain", body=b"fine"),
    "Slack's words as text": Junk(kind="text/plain", body=b'{"ok": true, "ts": "1.2"}'),
    "half of it": Junk(kind=JSON, body=b'{"ok": true, "channel": {"id": "C1", "na'),
    "JSON of nothing": Junk(kind=JSON, body=b""),
    "a list": Junk(kind=JSON, body=b"[]"),
    "a list of one": Junk(kind=JSON, body=b'[{"ok": true}]'),
    "null": Junk(kind=JSON, body=b"null"),
    "a number": Junk(kind=JSON, body=b"7"),
    "another API": Junk(kind=JSON, body=b'{"status": "fine"}'),
    "an ok that is text": Junk(kind=JSON, body=b'{"ok": "true"}'),
    "a refusal without its word": Junk(kind=JSON, body=b'{"ok": false}'),
    "a refusal that is no word": Junk(kind=JSON, body=b'{"ok": false, "error": {"code": 7}}'),
    "nested without end": Junk(kind=JSON, body=b"[" * 100_000),
    "bytes of no text": Junk(kind=JSON, body=b"\xff\xfe\x00\xc3"),
    "a charset nobody knows": Junk(kind="text/html; charset=klingon"),
    "an archive": Junk(kind="application/gzip", body=b"\x1f\x8b\x08\x00"),
    "an encoding that it is not": Junk(kind=JSON, headers={"Content-Encoding": "gzip"}),
    "created": Junk(status=201, kind=JSON, body=b'{"ok": true}'),
    "no content": Junk(status=204, kind=None, body=b""),
    "forbidden, a page": Junk(status=403),
    "forbidden, JSON": Junk(status=403, kind=JSON, body=b'{"error": "blocked by policy"}'),
    "not found, a page": Junk(status=404),
    "not found, JSON": Junk(status=404, kind=JSON, body=b'{"message": "Not Found"}'),
    "proxy login": Junk(status=407),
    "too many, a page": Junk(status=429, headers={"Retry-After": "99999999999999999999"}),
    "500, a page": Junk(status=500),
    "502, a page": Junk(status=502),
    "503, a page that says it is JSON": Junk(status=503, kind=JSON),
    "503, JSON": Junk(status=503, kind=JSON, body=b'{"ok": true, "ts": "1.2"}'),
    "504, nothing": Junk(status=504, kind=None, body=b""),
    "a redirect to itself": Junk(status=307, headers={"Location": "/api/auth.test"}),
    "a redirect to nowhere": Junk(status=302, headers={"Location": "http://127.0.0.1:1/login"}),
    "a redirect without an aim": Junk(status=302),
}
