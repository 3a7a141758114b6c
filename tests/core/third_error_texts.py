"""A third set of error texts, written once the patterns were broadened and measured before use.

The first measurement is kept in docs/playbooks.md; since then it guards against losses only.
"""

from tests.core.error_texts import read_texts

_TEXTS = r"""
# credentials
- | it,vendor | 2026-02-20T06:00:12Z ERROR o.a.c.p.e.DefaultErrorHandler - Failed delivery: HTTP operation failed invoking https://erp.example/api with statusCode: 401
- | it,vendor | Your API token has been deactivated because the owner left the company
business-central | it | Authentication_InvalidCredentials: The server has rejected the client credentials.
- | it | The specified network password is not correct
- | it,vendor | oauth2: cannot fetch token: 400 Bad Request Response: {"error":"invalid_grant"}
- | it | Logon failure: unknown user name or bad password
hubspot | it,vendor | {"status":"error","message":"The OAuth token used to make this call expired 2 hours ago.","category":"EXPIRED_AUTHENTICATION"}
- | it | The private key passphrase for the SFTP user is wrong
- | it,vendor | Webhook rejected: signature verification failed
magento | it,vendor | The consumer isn't authorized... token_expired
workday | it | Processing error occurred. The task submitted is not authorized: invalid username or password
- | it | User svc_bi could not be authenticated against the identity provider
# permission
- | it | ORA-20001: You do not have access to business unit FR01
workday | it | The task submitted is not authorized.
dataverse | it | Principal user is missing prvCreateInvoice privilege on OTC=1090
- | it | GRANT missing: EXECUTE permission was denied on the object 'usp_ImportOrders'
- | it | Write access to folder /outbound is restricted
- | it | Role 'Integration' cannot perform action 'approve' on purchase order
sap | it | No authorization for object F_BKPF_BUK activity 01
# certificate
- | publisher,it | ERR_CERT_DATE_INVALID while calling https://portal.bank.example
- | it | unable to verify the first certificate
- | it,publisher | Certificate revocation check failed for CN=erp.example
- | it | client certificate not accepted by server
sap | it,publisher | SSL handshake with erp.example:443 failed: SSSLERR_PEER_CERT_UNTRUSTED (-102)
edi | vendor,it | MDN returned processed/error: authentication-failed for message 88213
# connectivity
- | it,publisher | org.springframework.web.client.ResourceAccessException: I/O error on POST request for "https://erp.example": Connection reset
- | it,publisher | ReadTimeoutError("HTTPConnectionPool(host='wms.local', port=8080): Read timed out. (read timeout=15)")
- | it | Network path \\fileserver\edi was not found
- | it | Host erp-db-02 is not responding to ping
- | it,publisher | The underlying connection was closed: A connection that was expected to be kept alive was closed by the server.
- | it | no healthy upstream
- | it,publisher | gRPC: code = Unavailable desc = transport is closing
- | it,publisher | Request aborted after 120 seconds without an answer from the ERP
sap | it | Partner 10.20.30.40:sapgw00 not reached
- | it | Remote agent heartbeat lost 14 minutes ago
- | it,publisher | Premature EOF while reading response headers
# rate_limit
dataverse | it,vendor | Number of requests exceeded the limit of 6000 over time window of 300 seconds. 0x80072322
amazon | it,vendor | QuotaExceeded: You exceeded your quota for the requested resource.
- | it,vendor | Please slow down; you are sending requests too quickly
- | it,vendor | API call volume above plan limit, calls are being rejected until midnight
- | it,vendor | too_many_requests
# concurrency
- | it,vendor | Save conflict: the document has been altered by someone else in the meantime
oracle-erp | it,vendor | JBO-25014: Another user has changed the row with primary key oracle.jbo.Key[300]
netsuite | it,vendor | A system error: This record has been changed since you retrieved it
sap | it,vendor | Customer 0000012345 is currently blocked by user WF-BATCH
- | it,vendor | Record locked for editing
- | it,vendor | If-Match header does not correspond to the current version of the entity
- | it,vendor | Import already running, second instance refused to start
# mapping
- | it,vendor | Unsupported value for enum ShippingMethod: "PICKUP_LOCKER"
- | it,vendor | Column 'Bestelnummer' not found in the CSV header
- | it,vendor | customer_group is a required field
- | it,vendor | Validation failed: Tax rate can't be blank
- | it,vendor | The given key 'shippingLines' was not present in the dictionary.
- | it,vendor | XPath /Order/Header/Buyer returned no result
dataverse | it,vendor | Entity 'account' does not contain attribute with name = 'new_region'
netsuite | it,vendor | SSS_MISSING_REQD_ARGUMENT: create: Missing a required argument: type
- | it,vendor | Source field ORDER_TYPE has value ZX9 which the transformation does not handle
- | it,vendor | GraphQL: Field 'fulfillmentService' doesn't exist on type 'Order'
# master_data
- | it/functional | Ship-to address code HAM02 does not exist for customer 20011
- | it/functional | No G/L account is assigned to posting group DOMESTIC
business-central | it/functional | The VAT Posting Setup does not exist. Identification fields and values: VAT Bus. Posting Group='EU'
- | it/functional | SKU 9912-RED could not be matched to an ERP item
sap | it/functional | Vendor 0000500123 is marked for deletion
sap | it/functional | Profit center 1010/YB100 does not exist for 20.02.2026
sap | it/functional | Material 55-1 is not defined for sales org. 1010, distr. chan. 10
oracle-erp | it/functional | INVALID_DISTRIBUTION_ACCT: Account combination 01-000-6100 is disabled
- | it/functional | Value "Marketing EMEA" is not among the active departments
- | it/functional | Discontinued article 4420 cannot be ordered
- | it/functional | Bank account details of the supplier are missing
xero | it/functional | The contact has been archived
- | it/functional | Cannot create order: email has no linked customer in ERP
- | it/functional | Employee 4412 has no active contract on 2026-02-01
# period_closed
- | it/functional | GL period FEB-26 has never been opened
- | it/functional | Entry date 31/12/2025 lies in a closed year
- | it/functional | Posting not allowed: month-end close in progress for January 2026
- | it/functional | Inventory period ending 31-01-26 is closed
sap | it/functional | Period 001/2026 is not open for account type S and G/L 400000
# duplicate
- | it/functional | Cannot create: reference WEB-10023 exists
- | it/functional | Item with same name found
- | it/functional | Invoice rejected: double entry detected for supplier ACME no. 5567
- | it/functional | Idempotency key reused with a different payload
- | it/functional | PK violation on table SALESORDER
# payload
- | vendor,it | Value 'abc' could not be converted to type decimal
- | vendor,it | Field remark contains unsupported characters
- | vendor,it | Negative quantity is not allowed on line 3
- | vendor,it | Could not deserialize the message: missing closing tag
- | vendor,it | Document exceeds 500 lines and was rejected
- | vendor,it | Data type mismatch in column 7
- | vendor,it | VAT amount differs from calculated VAT by 0.02
edi | vendor,it | UNB+UNOC:3 rejected by CONTRL, code 7 action 4
# platform_outage
- | publisher | Our engineers are investigating elevated error rates on the API
- | publisher | HTTP 503: server overloaded
- | publisher | The server encountered an internal error and was unable to complete your request
- | publisher | Tenant is being moved, access is not possible at the moment
- | publisher | {"statusCode":500,"message":"Internal error"}
netsuite | publisher | NetSuite is currently undergoing an upgrade and is unavailable
# version_sunset
- | vendor | Legacy authentication endpoint has been switched off
- | vendor | This WSDL version is out of support
- | vendor | 404: /services/Soap/c/18.0 endpoint not found
- | vendor | Unsupported protocol version, minimum supported is 3
# backlog
- | it | ActiveMQ: 18,220 pending messages on queue ERP.OUT
- | it | Oldest unprocessed order is 6 hours old
- | it | tRFC queue has 312 entries in status CPICERR
- | it | Export job skipped for the third time because the previous run has not ended
- | it | Sync lag is now 240 minutes
"""

TEXTS = read_texts(_TEXTS)
