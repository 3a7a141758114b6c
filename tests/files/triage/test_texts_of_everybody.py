"""Words that any program uses say nothing about one system, and a wrapper nothing about a cause."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.triage.playbook import GENERAL_FAMILIES, PHRASES, match
from tests.shipped import shipped_playbook

PLAYBOOK = shipped_playbook()
OF_ANY_CALL = {PHRASES, *GENERAL_FAMILIES}

COMMON = (
    *("timeout", "error", "failed", "invalid", "not", "found", "missing", "unknown", "closed"),
    *("locked", "duplicate", "expired", "stopped", "exceeded", "already", "exists", "inactive"),
    *("unable", "stuck", "rejected", "unavailable", "refused", "no", "is", "to", "must", "be"),
    *("request", "script", "session", "login", "token", "period", "queue", "job", "gateway"),
    *("message", "field", "value", "key", "reference", "account", "item", "supplier", "location"),
    *("connection", "payment", "mapping", "lookup", "record", "order", "sku", "receiver", "port"),
    *("price", "amount", "partner", "map", "stock", "quantity", "number", "tax", "code", "date"),
)
WRITTEN = {
    "words": (" ", str),
    "a sentence": (" ", str.capitalize),
    "capitals": (" ", str.upper),
    "JSON": (" ", '{{"errorCode":"{}","message":""}}'.format),
}
SHORT = (
    *("Request timeout", "timeout", "TIME_OUT", "Gateway timeout", "upstream request timeout"),
    *('{"errorCode":"TIMEOUT","message":"no answer"}', "Script execution timeout"),
    *("an exception was raised", "assertion failed", "SYNTAX_ERROR", "runtime error occurred"),
    *("queue stopped", "gateway closed", "Failed to map", "PARTNER_NOT_FOUND", "no supplier"),
    *("ACCESS_DENIED", "INVALID_SESSION", "INVALID_FIELD", "USER_DISABLED", "SERVER_BUSY"),
    *("duplicate message", "connection expired", "batch job error", "mapping failed"),
    *("account '4711' not found", "invalid item reference", "sku 12-A already exists"),
    *("product or SKU wasn't found", "Period 3 is not open"),
)


def systems_told(text: str, *systems: str) -> set[str]:
    hits = match(PLAYBOOK, text, systems)
    return {hit.entry.id for hit in hits if OF_ANY_CALL.isdisjoint(hit.entry.systems)}


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("speaker", [("acme",), ()], ids=["another spoke", "nobody said who"])
def test_everybodys_words_tell_of_no_system_that_is_not_named(text, speaker):
    assert systems_told(text, *speaker) == set()


@settings(max_examples=100)
@given(st.lists(st.sampled_from(COMMON), min_size=1, max_size=4), st.sampled_from(list(WRITTEN)))
def test_no_short_text_of_common_words_tells_of_a_system(words, form):
    between, write = WRITTEN[form]
    text = write(between.join(words))

    assert (systems_told(text, "acme"), systems_told(text)) == (set(), set())


@pytest.mark.parametrize("text", ["SAP: queue stopped", "queue stopped (sap)", "Queue SAP stopped"])
def test_a_system_that_the_text_names_counts_when_nobody_said_who_spoke(text):
    assert ("sap-queue-waits" in systems_told(text)) == ("queue stopped" in text)


@pytest.mark.parametrize(
    ("text", "system", "entry"),
    [
        ("queue stopped", "sap", "sap-queue-waits"),
        ("INVALID_SESSION", "netsuite", "netsuite-session"),
        # A code of three words is somebody's own, and so is a number or a name.
        ("UNABLE_TO_LOCK_ROW", "acme", "salesforce-row-lock"),
        ("F5201 in period 012", "acme", "sap-posting-period"),
        ("ABAP dump TIME_OUT", "acme", "sap-dump"),
        ("IDoc status 51", "acme", "sap-idoc-not-posted"),
    ],
)
def test_what_a_system_says_still_tells_of_it(text, system, entry):
    assert match(PLAYBOOK, text, (system,))[0].entry.id == entry


WRAPPERS = {
    "sap": (
        '{{"error":{{"code":"/IWBEP/CM_MGW_RT/022","message":{{"value":"{}"}}}}}}',
        "/IWBEP/CM_MGW_RT/021: {}",
        '{{"code":"/IWBEP/CX_MGW_BUSI_EXCEPTION","message":"{}"}}',
        "/IWCOR/CX_DS_ERROR {}",
        "JCO_ERROR_SYSTEM_FAILURE: {}",
        "RFC_ABAP_EXCEPTION: {}",
        "error in RFC call: {}",
        "IDoc 4711 status 51: {}",
        '{{"IntegrationFlowName":"X","Status":"FAILED","Error":"{}"}}',
    ),
    "business-central": (
        '{{"code":"Application_DialogException","message":"{}"}}',
        "Application_FieldValidationException: {}",
    ),
    "d365-fo": ("Infolog for task SalesCreate (12) {}", "Infolog: {}"),
    "shopify": ('{{"userErrors":[{{"field":["x"],"message":"{}"}}]}}',),
    "magento": ('{{"errors":{{"base":["{}"]}}}}', '{{"code":"rest_invalid_param","text":"{}"}}'),
    "ipaas": ("Trigger error: {}",),
    "netsuite": ("USER_ERROR: {}",),
    "sage-intacct": ("BL01001973 {}",),
}
CAUSES = {
    "Invoice 4711 already exists": "duplicate",
    "Rechnung wurde bereits erfasst": "duplicate",
    "Customer 4711 is locked by user MILLER": "concurrency",
    "Le document est verrouillé par l'utilisateur ANNE": "concurrency",
    "Nummernkreisintervall 01 ist nicht vorhanden": "master_data",
    "Material 100-400 ist nicht angelegt": "master_data",
    "L'articolo 4711 non esiste": "master_data",
    "Vendor 4711 does not exist": "master_data",
    "Fiscal period 012 2025 is closed": "period_closed",
    "Boekjaar 2025 is afgesloten": "period_closed",
    "You do not have permission to post this document": "permission",
}


@pytest.mark.parametrize("system", WRAPPERS)
def test_a_wrapper_never_hides_the_cause_inside_it(system):
    wrong = [
        (wrapper.format(cause), hits[0].entry.id if hits else None)
        for wrapper in WRAPPERS[system]
        for cause, error_class in CAUSES.items()
        for hits in (match(PLAYBOOK, wrapper.format(cause), (system,)),)
        if not hits or hits[0].entry.error_class != error_class
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("text", "error_class"),
    [
        ("INFO Customer C-12 does not exist, skipped", "master_data"),
        ("INFO period check passed, fiscal period is closed for entry 4", "period_closed"),
        ("Item 12 is blocked but price check passed", "master_data"),
        ("INFO request timeout of 30000 ms exceeded", "connectivity"),
        ("ERROR timeout of 30000ms exceeded", "connectivity"),
        ("Import completed, last request timed out", "connectivity"),
        ("Das Geschäftsjahr 2025 ist abgeschlossen", "period_closed"),
    ],
)
def test_trouble_in_a_line_that_sounds_well_still_counts(text, error_class):
    hits = match(PLAYBOOK, text)

    assert hits, "unknown"
    assert hits[0].entry.error_class == error_class


SHELLS = ('{{"errors":{{"base":["{}"]}}}}', '{{"userErrors":[{{"message":"{}"}}]}}')


@pytest.mark.parametrize("wrapper", SHELLS)
def test_a_wrapper_hides_no_everyday_wording_inside_it(wrapper: str) -> None:
    said = [one.sample for one in PLAYBOOK.entries if PHRASES in one.systems and not one.general]
    hidden = [
        sample
        for sample in said
        if '"' not in sample and match(PLAYBOOK, wrapper.format(sample))[0].entry.general
    ]

    assert hidden == []


@pytest.mark.parametrize(
    ("text", "error_class"),
    [
        ('{"errors":{"base":["API Key does not have the scope core.order.write"]}}', "permission"),
        ("insufficient scope: requires erp.write", "permission"),
        ("The private key was not found for alias. Check the keystore: samat", "certificate"),
        ("No private key found for alias 'as2-prod'", "certificate"),
        ("CODE : signatureValue, MESSAGE : wrong signature Value", "payload"),
        ("Invalid signature Value in UBLExtensions", "payload"),
        ("wrong signature of the call", "credentials"),
        ("participant 0208:01 is not registered in the SML for document type X", "master_data"),
        ("No participant registered at SMP (NAPTR lookup returned NXDOMAIN)", "master_data"),
        ("lookup of api.example.com returned NXDOMAIN", "connectivity"),
    ],
)
def test_what_a_text_tells_is_not_taken_for_its_nearest_word(text: str, error_class: str) -> None:
    assert match(PLAYBOOK, text)[0].entry.error_class == error_class
