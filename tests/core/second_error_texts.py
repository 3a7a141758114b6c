"""A second set of error texts, written after the patterns and measured before any change to them.

The first measurement is kept in docs/playbooks.md; since then it guards against losses only.
"""

from tests.core.error_texts import read_texts

_TEXTS = r"""
# credentials
quickbooks-online | vendor,it | InvalidTokenException: Unauthorized-401
quickbooks-online | vendor,it | Refresh OAuth 2.0 access token with refresh token failed. Body: {"error":"invalid_grant"}
- | it,vendor | Sync aborted: your session has expired, please sign in to the ERP again
- | it,vendor | The supplied credentials were rejected by the remote server
- | it | Kerberos: KDC_ERR_CLIENT_REVOKED client's credentials have been revoked
- | it | LDAP bind failed: Invalid credentials (49)
sap | it | HTTP 401 Unauthorized: Anmeldung fehlgeschlagen
sap | it | RFC_LOGON_FAILURE: You are not authorized to logon to the target system (error code 1)
- | it,vendor | Client secret has expired for application erp-sync
- | it,vendor | HMAC validation failed: webhook signature mismatch
woocommerce | it,vendor | {"code":"woocommerce_rest_cannot_view","message":"Consumer key is invalid.","data":{"status":401}}
- | it | SMTP AUTH failed with the remote server: 535 Authentication credentials invalid
exact-online | vendor,it | Could not acquire or refresh tokens [http 400]
- | it,vendor | {"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"oauth.v2.InvalidAccessToken"}}}
- | it | Cannot login: account svc_edi disabled by administrator
# permission
salesforce | it | INSUFFICIENT_ACCESS_OR_READONLY
- | it | You do not have sufficient rights to create journal entries
- | it | 403 - {"message":"Forbidden: missing scope invoices.write"}
business-central | it | You do not have permission to run the 'Codeunit 80' Codeunit.
- | it | User lacks privilege POST_INVOICE
woocommerce | it | {"code":"woocommerce_rest_cannot_create","message":"Sorry, you are not allowed to create resources."}
- | it | Operation not permitted for role ReadOnly
odoo | it | AccessError: Sorry, you are not allowed to access this document
- | it | Zugriff verweigert: keine Berechtigung für Buchungskreis 1000
netsuite | it | {"type":"error.SuiteScriptError","name":"INSUFFICIENT_PERMISSION","message":"You do not have permissions"}
# certificate
- | publisher,it | requests.exceptions.SSLError: HTTPSConnectionPool(host='b2b.example', port=443): Max retries exceeded (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired')))
- | it | Peer's Certificate issuer is not recognized
- | it,vendor | OpenSSL: error:1408F10B:SSL routines:ssl3_get_record:wrong version number
- | it,publisher | TLS handshake failed: remote certificate chain is not trusted
- | it,publisher | ssl_client: sslv3 alert certificate expired
edi | vendor,it | OpenAS2: disposition processed/error: integrity-check-failed
sftp | it,publisher | Host key mismatch: fingerprint of sftp.partner.example changed
# connectivity
- | it | pymysql.err.OperationalError: (2003, "Can't connect to MySQL server on 'db01' ([Errno 111] Connection refused)")
- | it,publisher | net::ERR_CONNECTION_TIMED_OUT
- | it | [Errno -3] Temporary failure in name resolution
- | it,publisher | org.apache.http.NoHttpResponseException: api.erp.example:443 failed to respond
- | it,publisher | javax.net.ssl.SSLException: Connection reset
- | it,publisher | Read timeout after 60000 ms calling /services/rest/record/v1/salesOrder
- | it | The gateway cluster OnPrem-GW is offline. Start the gateway service and retry.
sap | it | GUI_CONNECTION broken: gateway not reachable, RFC_COMMUNICATION_FAILURE
- | it | FTP: 425 Can't open data connection
- | it,publisher | EOF occurred in violation of protocol
- | it,publisher | GraphQL request failed: network timeout at: https://shop.example/graphql
- | it,publisher | WebException: Unable to connect to the remote server
- | it | Kafka: Broker transport failure, all brokers are down
# rate_limit
netsuite | it,vendor | Concurrency limit exceeded for this integration. Try again later. EXCEEDED_CONCURRENCY_LIMIT_PER_INTEGRATION
hubspot | it,vendor | {"status":"error","message":"You have reached your secondly limit.","errorType":"RATE_LIMIT"}
shopify | vendor,it | Throttled: query cost 1203, available 87
- | it,vendor | Too many API calls in the last minute
- | it,vendor | limit of 100 requests per minute exceeded
- | it,vendor | Daily quota exhausted, resets at 00:00 UTC
# concurrency
sap | it,vendor | Order 80001234 is already being processed by user MMUSTER
- | it,vendor | Could not acquire advisory lock
- | it,vendor | Record has been changed since you opened it; reload and try again
- | it,vendor | ConcurrentUpdateException: version mismatch, expected 4 but was 5
business-central | vendor,it | We can't save your changes right now, because a record in table 'G/L Entry' is being updated in a transaction done by another session.
- | it,vendor | SQL1205N Transaction was deadlocked
- | it,vendor | Another sync is already in progress for this company
# mapping
quickbooks-online | vendor,it | Required parameter Line.AccountRef is missing in the request
quickbooks-online | it/functional,vendor | When you use Accounts Payable, you must choose a vendor in the Name field
- | it,vendor | Property 'shipTo.countryCode' must not be empty
- | it,vendor | Payment gateway 'riverty' is not mapped to a payment method in the ERP
- | it,vendor | Attribute set 'Shoes' has no attribute 'heel_height'
- | it,vendor | Element 'BuyersItemIdentification' is missing a required child 'ID'
- | it,vendor | Tax class "reduced-7" could not be mapped
sap | it,vendor | Enter a cost center
sap | it,vendor | Field BUKRS contains invalid entry
odoo | it,vendor | ValueError: Invalid field 'x_channel' on model 'sale.order'
# master_data
sap | it/functional | SAP customer not found for external id 9981
sap | it/functional | Sales organization not found
sap | it/functional | Material 4711 has not been extended to plant 2000
- | it/functional | The selected account was not found in your company
- | it/functional | Supplier is on hold
- | it/functional | This vendor is not assigned to subsidiary UK Ltd
- | it/functional | Entity 'Northwind' has been made inactive
- | it/functional | No open purchase order line for item 33-B
- | it/functional | Contact is archived and cannot be used
- | it/functional | Currency SEK is not enabled for this company
- | it/functional | Barcode 871234 unknown in ERP
business-central | it/functional | Blocked must be equal to ' ' in Customer: No.=10000. Current value is 'All'.
business-central | it/functional | The Item does not exist. Identification fields and values: No.='1001'
d365-fo | it/functional | Customer account US-099 does not exist in legal entity USMF
afas | it/functional | Debiteur 10234 bestaat niet
- | it/functional | Kunde 10234 ist nicht vorhanden
# period_closed
- | it/functional | Posting Period is already closed
- | it/functional | Date must be after the closing date of the books (31 Dec 2025)
- | it/functional | The document date cannot be earlier than the end of year date
- | it/functional | Ledger period 2026-01 status: Closed
sap | it/functional | Buchungsperiode 012 2025 ist nicht geöffnet
oracle-erp | it/functional | The accounting date isn't in an open or future-enterable period
# duplicate
- | it/functional | Invoice number must be unique
- | it/functional | Supplier invoice 99812 was already recorded on 3 Feb
- | it/functional | SKU already exists
- | it/functional | A journal with the same reference was posted before
- | it/functional | Possible duplicate: same vendor, amount and date
odoo | it/functional | duplicate key value violates unique constraint "res_partner_ref_uniq"
# payload
- | vendor,it | Premature end of file
- | vendor,it | Due date cannot be earlier than the transaction date
- | vendor,it | Debits and credits do not balance (difference 0.01)
- | vendor,it | Unable to deserialize request content
- | vendor,it | Illegal character 0x1F in element Description
- | vendor,it | Invalid date format: expected yyyy-MM-dd
- | vendor,it | Zip code 1234A does not match the pattern for NL
- | vendor,it | Maximum number of lines per document (999) exceeded
edi | vendor,it | 824 application advice: TE item rejected, invalid quantity
- | vendor,it | The request body is not valid JSON
# platform_outage
- | publisher | Service Unavailable - Zero size object
- | publisher | The server is temporarily unable to service your request due to maintenance downtime or capacity problems.
- | publisher | Axios: Request failed with status code 500
- | publisher | The ERP is in read-only mode during the upgrade
- | publisher | Internal failure, incident id 8f3a; our engineers have been notified
- | publisher | nginx: 502 upstream prematurely closed connection
# version_sunset
- | vendor | Requested API version is not supported; supported versions are v3, v4
- | vendor | The REST resource /v1/stock has been decommissioned
shopify | vendor | {"errors":"Not Found"} 404 /admin/api/2022-07/orders.json
- | vendor | This feature has been deprecated and will stop working; use v2 instead. Request refused.
# backlog
- | it | 1,204 jobs queued, oldest waiting 5 h 10 min
- | it | Outbox has 880 undelivered documents, retry paused
- | it | Message stuck in outbound queue SMQ1 with status SYSFAIL
- | it | No files received from bank since 18 Feb
- | it | Webhook deliveries paused: 5,000 events pending
"""

TEXTS = read_texts(_TEXTS)
