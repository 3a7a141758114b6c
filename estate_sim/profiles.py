"""How the simulated connections behave on a good day, and the words their errors come in.

Volumes are invented but of the size a wholesaler with 250 people has; error texts are those that
the named systems really write.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

ENTRA_EXPIRED = (
    "AADSTS7000222: The provided client secret keys for app 'erp-integration' are expired. "
    "Visit the Azure portal to create new keys for your app."
)
PERIOD_CLOSED = "Posting Date is not within your range of allowed posting dates."
ERP_UNAVAILABLE = (
    "api.businesscentral.dynamics.com 503: "
    "The server sent HTTP status code 503: Service Temporarily Unavailable"
)
ERP_THROTTLED = "api.businesscentral.dynamics.com 429 Too Many Requests Retry-After: 30"
ERP_SLOW = "api.businesscentral.dynamics.com 504 Gateway Timeout"


def _not_filled(name: str) -> str:
    # The connector still sends the old name, so the ERP finds the new field empty.
    return f"BadRequest_RequiredParamNotProvided The field {name} must not be blank or empty."


def _not_in_table(field_name: str, table: str, value: str, related: str) -> str:
    return (
        f"The field {field_name} of table {table} contains a value ({value}) "
        f"that cannot be found in the related table ({related})."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One connection's normal life. `per_hour` counts records in simulated hours and `every` is
    the simulated time between runs. `amount` is money per record, where there is any."""

    per_hour: float = 100
    every: timedelta = timedelta(minutes=10)
    noun: str = "records"
    prefix: str = "REC-"
    amount: float | None = None
    shares_quota: bool = False  # draws on the pool of calls that the ERP allows to all together
    expired: str = ENTRA_EXPIRED
    renamed: str = field(default=_not_filled("externalDocumentNo"))
    master_data: str = field(
        default=_not_in_table("Department Code", "Gen. Journal Line", "D-410", "Dimension Value")
    )


def _minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


PROFILES: Mapping[str, Profile] = {
    "shop-orders": Profile(
        per_hour=110,
        every=_minutes(5),
        noun="orders",
        prefix="SO-",
        amount=184,
        shares_quota=True,
        renamed=_not_filled("externalDocumentNumber"),
        master_data="Customer Posting Group must have a value in Customer: No.=C00690.",
    ),
    "shop-stock-price": Profile(
        per_hour=1600,
        every=_minutes(15),
        noun="updates",
        prefix="ITEM-",
        shares_quota=True,
        expired="[API] Invalid API key or access token (unrecognized login or wrong password)",
    ),
    "crm-accounts": Profile(
        per_hour=70,
        every=_minutes(5),
        noun="changes",
        prefix="ACC-",
        shares_quota=True,
        expired='[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]',
        renamed=_not_filled("customerPriceGroup"),
        master_data=_not_in_table("Salesperson Code", "Customer", "NKL", "Salesperson/Purchaser"),
    ),
    "ap-invoices": Profile(
        per_hour=35,
        every=_minutes(10),
        noun="bills",
        prefix="PINV-",
        amount=1340,
        shares_quota=True,
        renamed=_not_filled("shortcutDimension2Code"),
        master_data=_not_in_table("Department Code", "Purchase Header", "D-410", "Dimension Value"),
    ),
    "psp-settlement": Profile(
        per_hour=170,
        every=_minutes(5),
        noun="payments",
        prefix="PAY-",
        amount=96,
        expired="401 api_key_expired: the API key of this account has expired",
    ),
    "wms-3pl": Profile(
        per_hour=180,
        every=_minutes(10),
        noun="shipments",
        prefix="SHP-",
        shares_quota=True,
        expired="sftp: Permission denied (publickey,password).",
        master_data=_not_in_table("Location Code", "Sales Line", "3PL-2", "Location"),
    ),
    "edi-retail": Profile(
        per_hour=80,
        every=_minutes(5),
        noun="documents",
        prefix="EDI-",
        amount=2150,
        expired="MDN disposition: automatic-action; processed/Error: authentication-failed",
        master_data=_not_in_table("No.", "Sales Line", "8712345067890", "Item Reference"),
    ),
    "bank": Profile(
        per_hour=110,
        every=_minutes(360),
        noun="lines",
        prefix="CAMT-",
        amount=880,
        expired=(
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired"
        ),
    ),
    "bi-pipeline": Profile(
        per_hour=60_000, every=_minutes(60), noun="rows", prefix="ROW-", shares_quota=True
    ),
    "mes-bridge": Profile(
        per_hour=420,
        every=_minutes(5),
        noun="bookings",
        prefix="MB-",
        shares_quota=True,
        expired="Authentication_InvalidCredentials The server has rejected the client credentials",
        master_data=_not_in_table("Work Center No.", "Capacity Ledger", "WC-17", "Work Center"),
    ),
    "payroll-journal": Profile(
        per_hour=30,
        every=_minutes(1440),
        noun="lines",
        prefix="PJ-",
        amount=2600,
        expired="12345.rest.afas.online/profitrestservices/connectors/FiEntries 401 Unauthorized",
    ),
    "pricelist-script": Profile(
        per_hour=580,
        every=_minutes(1440),
        noun="lines",
        prefix="PL-",
        expired="sftp: Permission denied (publickey,password).",
    ),
}


def profile_of(connection: str) -> Profile:
    """The profile of a connection by id; a quiet default for one that is not listed."""
    return PROFILES.get(connection, Profile())
