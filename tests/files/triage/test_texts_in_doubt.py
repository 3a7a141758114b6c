"""Texts that a playbook explains with confidence only when it may: what spans fields says nothing,
and what looks like one break and is another is told apart."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.estate.lane import Lane
from bot.core.triage.playbook import match
from tests.shipped import shipped_playbook

PLAYBOOK = shipped_playbook()

KEYS = (
    *("item", "customer", "token", "session", "status", "note", "period", "endpoint", "job"),
    *("field", "connection", "participant", "account", "queue", "file", "host", "certificate"),
)
VALUES = (
    *("Unknown failure", "not found", "closed", "invalid", "C-104", "42", "expired", "is gone"),
    *("mismatch", "exceeded", "limit", "denied", "locked", "unavailable", "duplicate"),
)
PAIRS = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES)), min_size=2, max_size=4)
WRITTEN = {
    "JSON": (lambda key, value: f'"{key}": "{value}"', ", "),
    "tight JSON": (lambda key, value: f'"{key}":"{value}"', ","),
    "a log line": (lambda key, value: f'{key}="{value}"', " "),
    "XML": (lambda key, value: f"<{key}>{value}</{key}>", ""),
    "lines": (lambda key, value: f"{key}: {value}", "\n"),
    "columns": (lambda key, value: f"{key} {value}", " | "),
}


@pytest.mark.parametrize("form", WRITTEN)
@given(pairs=PAIRS)
@example(pairs=[("note", "Unknown failure"), ("item", "42")])
@example(pairs=[("session", "C-104"), ("status", "expired")])
def test_words_of_different_fields_are_not_read_as_one(form, pairs):
    write, between = WRITTEN[form]
    fields = [write(key, value) for key, value in pairs]
    for hit in match(PLAYBOOK, between.join(fields)):
        assert any(" ".join(hit.matched.split()) in field for field in fields), hit


@pytest.mark.parametrize(
    "text",
    [
        '{"level":"error","error":"cannot find file","account":"NL91"}',
        'ts=7 msg="cannot find template" contract=88',
        "The import of materials ended. Template not found in the cache",
        "Supplier sync went through. State of the buffer unknown",
        "<invoice>INV-1</invoice><state>unknown</state>",
        "Invalid greeting in order file",
        "unknown encoding in product feed",
        "No usable answer for customer 7: unknown reason",
        "unknown option --item",
        "Steuerschlüssel V9 ungültig",
        "L'article d'expédition : adresse non valide",
        "Peppol invoice refused: schema not found for profile",
    ],
)
def test_a_text_in_doubt_fits_no_entry(text):
    assert match(PLAYBOOK, text) == ()


@pytest.mark.parametrize(
    ("text", "error_class", "lane"),
    [
        # What is one field, one sentence or one clause still says what it says.
        ("Unknown item 12 in order 4711", "master_data", "it"),
        ('{"item":"4","message":"Unknown warehouse NL02"}', "master_data", "it"),
        ("The order was refused. Customer 4711 does not exist", "master_data", "it"),
        ("The vendor account V-77 could not be found in company NL01", "master_data", "it"),
        # Room on a file server is no allowance of calls.
        ("sftp: upload of /in/a.xml: user over quota", "connectivity", "publisher"),
        ("SSH_FX_QUOTA_EXCEEDED", "connectivity", "publisher"),
        ("paramiko SFTPError: quota has been exceeded", "connectivity", "publisher"),
        ("Upload refused: the folder quota is used up", "connectivity", "publisher"),
        ("Daily API quota exceeded", "rate_limit", "vendor"),
        # A right on a folder is no login.
        ("SftpPermissionDeniedException", "permission", "it"),
        ("SSH_FX_PERMISSION_DENIED", "permission", "it"),
        ('dest open "/in/orders.csv": Permission denied', "permission", "it"),
        ("sftp rename /in/a.tmp /in/a.csv: Permission denied", "permission", "it"),
        ("erp@files.example: Permission denied (keyboard-interactive).", "credentials", "it"),
        # A login that may not use the API is not helped by a new token.
        (
            '[{"message":"This session is not valid for use with the Bulk API",'
            '"errorCode":"INVALID_SESSION_ID"}]',
            "permission",
            "it",
        ),
        ("INVALID_SESSION_ID: SOAP API is disabled for this profile", "permission", "it"),
        ("INVALID_SESSION_ID: Session expired", "credentials", "vendor"),
        # A refresh token at its end cannot be renewed.
        ("refresh_token was revoked", "credentials", "it"),
        ("401 expired refresh token", "credentials", "it"),
        ("The access token has expired", "credentials", "vendor"),
        (
            "AADSTS70044: The session has expired or is invalid due to sign-in frequency checks",
            "credentials",
            "it",
        ),
        # What a receiver in Peppol takes, who it is, and the way there.
        ("Receiver does not accept documents of profile peppol.eu:2017", "payload", "vendor"),
        ("PEPPOL: unsupported document type urn:cen.eu:en16931:2017", "payload", "vendor"),
        ("Recipient is in the SMP but not registered for this process", "payload", "vendor"),
        ("participant 9915:test not registered in SML", "master_data", "it"),
        ("PEPPOL-EN16931-R010: Buyer electronic address MUST be provided", "payload", "vendor"),
        ("Peppol access point: connection refused", "connectivity", "it"),
        # An answer that names the field it refuses.
        (
            '{"status":422,"title":"Unprocessable Entity","detail":"The amount is higher than the'
            ' maximum","field":"amount"}',
            "payload",
            "vendor",
        ),
        (
            '{"statusCode":422,"errors":[{"message":"Contains a customer that is not active",'
            '"path":"mandate"}]}',
            "payload",
            "vendor",
        ),
        ('{"detail":"The redirect is required","field":"redirectUrl"}', "mapping", "vendor"),
        # Addresses are the business's own, in whatever tongue.
        ("Adresse de livraison introuvable pour la commande 12", "master_data", "it"),
        ("Code postal 2OOO incorrect", "master_data", "it"),
        ("Die Rechnungsadresse ist unvollständig", "master_data", "it"),
        ("Onjuiste invoer: postcode 99999 niet geldig", "master_data", "it"),
    ],
)  # fmt: skip
def test_what_looks_alike_is_told_apart(text, error_class, lane):
    hits = match(PLAYBOOK, text)

    assert hits, "unknown"
    assert (hits[0].entry.error_class, hits[0].entry.lane) == (error_class, lane), hits[0]


KINDS_OF_SYSTEM = re.compile(
    r"file server|mail server|mailbox|\bftp\b|\bsftp\b|database|\bquery\b|\bbroker\b", re.IGNORECASE
)


@pytest.mark.parametrize(
    "text",
    [
        "421 closing",
        "421 Service is leaving",
        "tcp gw.partner.example:9100: it says '421 too many sessions'",
        "530 Login incorrect",
        "550 Access denied",
        "451 Please try again later",
        "Too many connections",
        "The connection is closed",
        "The connection is busy",
        "error 53 at step 4",
        "error: 26",
        "No session came about",
    ],
)
def test_no_kind_of_system_is_named_that_neither_text_nor_connection_names(text):
    hits = match(PLAYBOOK, text)

    assert not hits or not KINDS_OF_SYSTEM.search(hits[0].entry.meaning), hits[0]


@pytest.mark.parametrize(
    ("text", "error_class", "lane"),
    [
        ("Cannot map value 'CTN' to unit list of the target", "mapping", "it"),
        ("Could not translate code 'DAP' into the target list", "mapping", "it"),
        ("Missing partner mapping for 5412345000013", "mapping", "it"),
        ("Order 12 arrived without a value mapping", "mapping", "it"),
        ("No matching partner was found for qualifier 14", "mapping", "it"),
        ("The recipient of interchange 77 cannot be identified", "mapping", "it"),
        ("Qualifier ZZ has no counterpart", "mapping", "it"),
        ("GLN 5412345000013 is not known", "master_data", "it"),
        ("GTIN 05412345000013 does not exist", "master_data", "it"),
        ("Unexpected character encountered while parsing value: <. Path ''", "connectivity", "it"),
        ("Unexpected character encountered while parsing value: N.", "payload", "vendor"),
        ("'<' is an invalid start of a value. LineNumber: 0", "connectivity", "it"),
        ("'x' is an invalid start of a value. Path: $.qty", "payload", "vendor"),
    ],
)  # fmt: skip
def test_what_an_everyday_text_says_is_known(text, error_class, lane):
    hits = match(PLAYBOOK, text)

    assert hits, "unknown"
    assert (hits[0].entry.error_class, hits[0].entry.lane) == (error_class, lane), hits[0]


@pytest.mark.parametrize(
    "text",
    [
        "Running nightly system maintenance job: rebuild indexes",
        "Scheduled maintenance plan 4 began, step 1 of 3",
        "Order for maintenance contract 88 created",
        "Starting planned maintenance routine: archive old messages",
        "Value mapping loaded, 212 codes",
        "GLN 5412345000013 added to the partner list",
    ],
)
def test_work_that_goes_its_way_is_no_error(text):
    assert match(PLAYBOOK, text) == ()


def test_where_only_the_company_can_consent_again_the_lane_is_its_own():
    wrong = [
        entry.id
        for entry in PLAYBOOK.entries
        if re.match(r"(authori[sz]e|consent|connect|install)\b", entry.fix, re.IGNORECASE)
        and entry.lane is Lane.VENDOR
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "write /var/spool/out/7.xml: no space left on device",
        "There is not enough space on the disk.",
        "OSError: [Errno 28] No space left on device",
        "The file system /data is full",
        "ORA-01654: unable to extend index GL.IX1 by 8 in tablespace IDX",
        "The log of database 'GL' is full due to LOG_BACKUP",
        "Could not allocate space for object 'Lines': filegroup 'PRIMARY' is full",
        "ORA-00257: archiver error. Connect internal only, until freed.",
    ],
)
def test_a_full_disk_is_no_break_of_a_connection_and_is_laid_to_no_far_end(text):
    entry = match(PLAYBOOK, text)[0].entry

    assert (entry.error_class, entry.lane) == ("platform_outage", "it")
    assert not re.search("receiving|other (side|end)", entry.meaning)
