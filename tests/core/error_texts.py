"""Error texts as systems write them, each with the class and the lanes a senior engineer accepts.

None of them is a sample of a playbook entry. A line is `family (or -) | lanes | text`; a lane may
name its layer after a slash, several accepted lanes stand with a comma between them.
"""

from typing import NamedTuple


class Told(NamedTuple):
    error_class: str
    system: str | None
    lanes: tuple[str, ...]
    text: str


_TEXTS = r"""
# credentials
- | it,vendor | HTTP Error 401: Unauthorized for url: https://api.partner.example/v2/orders
- | it,vendor | {"status":401,"title":"Unauthorized","detail":"Bearer token is missing or malformed"}
- | it,vendor | WWW-Authenticate: Bearer realm="api", error="invalid_token", error_description="The token expired at 2026-02-11T04:00:00Z"
- | it,vendor | oauthlib.oauth2.rfc6749.errors.InvalidGrantError: (invalid_grant) Token has been expired or revoked.
- | it,vendor | google.auth.exceptions.RefreshError: ('invalid_grant: Bad Request', {'error': 'invalid_grant'})
- | it | {"error":"invalid_client","error_description":"Client authentication failed due to unknown client, no client authentication included"}
entra-id | it | AADSTS7000222: The provided client secret keys for app '5c5b' are expired. Visit the Azure portal to create new keys
entra-id | it | AADSTS50034: The user account svc-erp@contoso.example does not exist in the contoso directory.
entra-id | it | AADSTS50126: Error validating credentials due to invalid username or password.
entra-id | it | AADSTS50053: The account is locked, you've tried to sign in too many times with an incorrect user ID or password.
entra-id | it | AADSTS50055: The password is expired.
entra-id | it | AADSTS700027: Client assertion failed signature validation.
- | it | FATAL: password authentication failed for user "erp_sync"
- | it | ORA-01017: invalid username/password; logon denied
- | it | ORA-28001: the password has expired
- | it | ORA-28000: the account is locked
- | it | Login failed for user 'erp_integration'. Reason: Password did not match that for the login provided. (Microsoft SQL Server, Error: 18456)
- | it | Access denied for user 'sync'@'10.1.2.3' (using password: YES)
sftp | it | com.jcraft.jsch.JSchException: Auth fail
sftp | it | paramiko.ssh_exception.AuthenticationException: Authentication failed.
sftp | it | 530 Login incorrect.
sftp | it | Received disconnect from 203.0.113.9: 2: Too many authentication failures
sftp | it | Unable to negotiate: no matching host key type found. Their offer: ssh-rsa. Permission denied (publickey).
shopify | it,vendor | [API] Invalid API key or access token (unrecognized login or wrong password)
shopify | vendor,it | 401 {"errors":"[API] Invalid API key or access token"}
salesforce | vendor,it | INVALID_SESSION_ID: Session expired or invalid
salesforce | vendor,it | {"error":"invalid_grant","error_description":"expired access/refresh token"}
salesforce | it | INVALID_LOGIN: Invalid username, password, security token; or user locked out.
netsuite | it | <platformCore:code>INVALID_LOGIN_CREDENTIALS</platformCore:code> You have entered an invalid email address or password. Please try again.
netsuite | it | {"error" : {"code" : "INVALID_LOGIN_ATTEMPT", "message" : "Invalid login attempt."}}
sap | it | Name or password is incorrect (repeat logon)
sap | it | User INTEGRATION is locked. Please notify the person responsible
sap | it | JCO_ERROR_LOGON_FAILURE: (103) JCO_ERROR_LOGON_FAILURE: User account not in validity date on ERP mshost
stripe | it | Invalid API Key provided: sk_live_****************wxyz
stripe | it | Expired API Key provided: rk_live_*****
- | it,vendor | {"message":"The security token included in the request is expired","code":"ExpiredTokenException"}
- | it,vendor | SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.
- | it,vendor | InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.
- | it | javax.naming.AuthenticationException: [LDAP: error code 49 - 80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 775, v4563]
- | it | 535 5.7.3 Authentication unsuccessful
- | it,vendor | jwt expired
- | it,vendor | JsonWebTokenError: invalid signature
exact-online | vendor,it | {"error":"unauthorized_client","error_description":"Old refresh token used"}
quickbooks-online | vendor,it | {"Fault":{"Error":[{"Message":"message=AuthenticationFailed; errorCode=003200; statusCode=401","code":"3200"}],"type":"AUTHENTICATION"}}
afas | it | {"externalMessage":"Token is niet geldig","errorNumber":401} 401 Unauthorized
- | it,vendor | The API key you supplied has been revoked. Generate a new key in the developer console.
- | it | Your password has expired and must be changed before you can log on
ipaas | it | The connection "NetSuite Production" is unauthorized. Please re-authenticate the connection.
magento | it | {"message":"oauth_problem=token_rejected"}
# permission
- | it | 403 Forbidden
- | it | {"error":{"code":"Forbidden","message":"The caller does not have permission"}}
- | it | {"error":"insufficient_scope","scope":"orders:write"}
- | it | AccessDenied: User: arn:aws:iam::1234:user/sync is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::edi-out/*"
- | it | AuthorizationFailed: The client 'abc' with object id 'abc' does not have authorization to perform action 'Microsoft.Storage/read'
- | it | ERROR: permission denied for table invoices
- | it | ORA-00942: table or view does not exist; ORA-01031: insufficient privileges
- | it | The INSERT permission was denied on the object 'StagingOrders', database 'ERP', schema 'dbo'.
- | it | UnauthorizedAccessException: Access to the path '\\srv01\edi\in' is denied.
- | it | java.nio.file.AccessDeniedException: /var/spool/edi/out
- | it | PermissionError: [Errno 13] Permission denied: '/mnt/edi/in/orders.xml'
- | it | 550 Permission denied
salesforce | it | INSUFFICIENT_ACCESS_OR_READONLY: insufficient access rights on object id
salesforce | it | INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: insufficient access rights on cross-reference id: 0012
netsuite | it | Permission Violation: You need the 'Lists -> Vendors' permission to access this page. Please contact your account administrator.
netsuite | it | INSUFFICIENT_PERMISSION: You do not have permissions to set a value for element item.taxcode
business-central | it | Sorry, the current permissions prevented the action. (TableData 36 Sales Header Insert: Base Application)
business-central | it | You do not have the following permissions on TableData Vendor: Read.
sap | it | No authorization to post in company code 1000
sap | it | You are not authorized to use transaction FB60
shopify | it | [API] This action requires merchant approval for write_orders scope.
magento | it,vendor | The consumer isn't authorized to access Magento_Sales::actions_edit.
oracle-erp | it | FND_CMN_SERV_UNAUTH: You aren't authorized to perform this action
- | it | User does not have the required role to execute this operation
- | it | Not allowed: your IP address 198.51.100.4 is not on the allow list
odoo | it | odoo.exceptions.AccessError: You are not allowed to modify 'Journal Entry' (account.move) records.
- | it | insufficient privileges to complete the operation
# certificate
- | publisher,it | javax.net.ssl.SSLHandshakeException: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed
- | publisher,it | java.security.cert.CertificateExpiredException: NotAfter: Sat Feb 14 23:59:59 UTC 2026
- | it | sun.security.validator.ValidatorException: PKIX path building failed: unable to find valid certification path to requested target
- | it | The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch
- | it,publisher | The remote certificate is invalid because of errors in the certificate chain: NotTimeValid
- | it,publisher | System.Net.WebException: The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.
- | it | Error: self signed certificate in certificate chain (code: SELF_SIGNED_CERT_IN_CHAIN)
- | it | Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: api.example. is not in the cert's altnames
- | publisher,it | curl: (60) SSL certificate problem: certificate has expired
- | it | curl: (35) error:0A000152:SSL routines::unsafe legacy renegotiation disabled
- | it,vendor | javax.net.ssl.SSLException: Received fatal alert: protocol_version
- | it,vendor | Received fatal alert: handshake_failure
- | it,vendor | The request was aborted: Could not create SSL/TLS secure channel.
- | it | Received fatal alert: bad_certificate
- | it | ssl.SSLError: [SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required
- | it | x509: certificate signed by unknown authority
- | publisher,it | x509: certificate has expired or is not yet valid: current time 2026-02-20T08:00:00Z is after 2026-02-19T23:59:59Z
sftp | it,publisher | @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
sftp | it,publisher | paramiko.ssh_exception.BadHostKeyException: Host key for server 'sftp.bank.example' does not match: got 'AAAA', expected 'BBBB'
sftp | it,publisher | reject HostKey: sftp.partner.example
edi | vendor,it | AS2 MDN disposition: automatic-action/MDN-sent-automatically; processed/error: decryption-failed
edi | vendor,it | AS2 message could not be verified: signing certificate is expired
- | it,publisher | SAML signature validation failed: the signing certificate has expired
# connectivity
- | it | java.net.ConnectException: Connection refused (Connection refused)
- | it | java.net.UnknownHostException: erp.internal.example
- | it | System.Net.Sockets.SocketException (10061): No connection could be made because the target machine actively refused it.
- | it,publisher | System.Net.Sockets.SocketException (10060): A connection attempt failed because the connected party did not properly respond after a period of time
- | it | getaddrinfo EAI_AGAIN api.shop.example
- | it | getaddrinfo ENOTFOUND api.shop.example
- | it | The remote name could not be resolved: 'api.erp.example'
- | it | connect EHOSTUNREACH 10.20.0.5:443
- | it,publisher | java.net.SocketTimeoutException: Read timed out
- | it,publisher | java.net.SocketTimeoutException: connect timed out
- | it,publisher | System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.
- | it,publisher | requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='api.erp.example', port=443): Read timed out. (read timeout=30)
- | it,publisher | urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='api.erp.example', port=443): Max retries exceeded with url: /orders (Caused by NewConnectionError)
- | it,publisher | aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host erp.example:443 ssl:default [Connect call failed ('192.0.2.1', 443)]
- | it,publisher | Error: socket hang up
- | it,publisher | requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))
- | it,publisher | curl: (28) Operation timed out after 30001 milliseconds with 0 bytes received
- | it | curl: (7) Failed to connect to erp.example port 443: Connection refused
- | it | curl: (6) Could not resolve host: erp.example
- | it | ORA-12541: TNS:no listener
- | it | ORA-12170: TNS:Connect timeout occurred
- | it | A network-related or instance-specific error occurred while establishing a connection to SQL Server. The server was not found or was not accessible.
- | it | could not connect to server: Connection refused. Is the server running on host "10.0.0.4" and accepting TCP/IP connections on port 5432?
- | it,publisher | FATAL: terminating connection due to administrator command; server closed the connection unexpectedly
- | it | Communications link failure. The last packet sent successfully to the server was 0 milliseconds ago.
sftp | it | ssh: connect to host sftp.bank.example port 22: Connection timed out
sftp | it | kex_exchange_identification: Connection closed by remote host
sftp | it | sftp: remote open("/in/orders/PO123.xml"): No such file or directory
sftp | it | 421 Service not available, closing control connection: Timeout
- | it | dial tcp 10.0.0.7:8443: i/o timeout
- | it | dial tcp: lookup erp.example on 10.0.0.2:53: no such host
- | it | net/http: TLS handshake timeout
- | it,publisher | context deadline exceeded (Client.Timeout exceeded while awaiting headers)
sap | it | Error when opening an RFC connection (CPIC-CALL: 'ThSAPOCMINIT', communication rc: CM_PRODUCT_SPECIFIC_ERROR). Partner '10.1.1.1:3300' not reached
sap | it | CALL_FUNCTION_REMOTE_ERROR: connection to partner broken
ipaas | it | Agent "onprem-01" has been disconnected for more than 10 minutes
business-central | it | The on-premises data gateway is offline or could not be reached
- | it | Tunnel connection failed: 407 Proxy Authentication Required
- | it,publisher | SyntaxError: Unexpected token < in JSON at position 0
- | it,publisher | com.fasterxml.jackson.core.JsonParseException: Unexpected character ('<' (code 60)): expected a valid value
- | it | VPN tunnel to plant-2 is down
- | it,publisher | upstream connect error or disconnect/reset before headers. reset reason: connection failure
# rate_limit
- | it,vendor | 429 Client Error: Too Many Requests for url: https://api.shop.example/admin/orders.json
- | it,vendor | {"message":"API rate limit exceeded"}
- | it,vendor | Rate limit exceeded. Retry after 42 seconds.
- | it,vendor | QuotaExceeded: You exceeded your quota for the requested resource.
- | it,vendor | ThrottlingException: Rate exceeded
- | it,vendor | RequestLimitExceeded: Request limit exceeded.
- | it,vendor | ProvisionedThroughputExceededException: The level of configured provisioned throughput was exceeded
- | it,vendor | {"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}
shopify | vendor,it | {"errors":"Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."}
salesforce | it | REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.
salesforce | it,vendor | ConcurrentRequests (Concurrent API Requests) Limit exceeded.
netsuite | it | Error code: SSS_REQUEST_LIMIT_EXCEEDED, Request Limit Exceeded
business-central | vendor,it | Application_TooManyRequests: too many requests, retry after 30 seconds
- | it,vendor | You have reached your daily API call limit
- | it,vendor | The monthly quota for this plan has been exhausted
- | it,vendor | {"code":"429","message":"Number of requests exceeded the limit of 6000 over the time window of 300 seconds"}
- | it,vendor | Out of call volume quota. Quota will be replenished in 02:13:44.
xero | vendor | HTTP 429 X-Rate-Limit-Problem: Daily
- | it,vendor | status code 429, reason phrase 'Too Many Requests'
- | it,vendor | The request was throttled by the server. SlowDown: Please reduce your request rate.
- | it,vendor | 503 Slow Down
# concurrency
- | it,vendor | ERROR: deadlock detected DETAIL: Process 4242 waits for ShareLock on transaction 991
- | it,vendor | Transaction (Process ID 72) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.
- | it,vendor | ORA-00060: deadlock detected while waiting for resource
- | it,vendor | ORA-00054: resource busy and acquire with NOWAIT specified or timeout expired
- | it,vendor | Lock wait timeout exceeded; try restarting transaction
- | it,vendor | Deadlock found when trying to get lock; try restarting transaction
- | it,vendor | SQLSTATE[40001]: Serialization failure: could not serialize access due to concurrent update
- | it,vendor | org.hibernate.StaleObjectStateException: Row was updated or deleted by another transaction
- | it,vendor | javax.persistence.OptimisticLockException: Batch update returned unexpected row count
- | it,vendor | Microsoft.EntityFrameworkCore.DbUpdateConcurrencyException: The database operation was expected to affect 1 row(s), but actually affected 0 row(s)
- | it,vendor | 412 Precondition Failed: the ETag does not match
- | it,vendor | 409 Conflict: the resource was modified since it was last read
sap | it,vendor | Object requested is currently locked by user JSMITH
sap | it,vendor | Purchase order 4500001234 is being edited by BATCHUSER
sap | it,vendor | Material 100-200 is locked by another user
salesforce | it,vendor | UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record or 1 records: 0015
business-central | vendor,it | The changes to the Sales Header record cannot be saved because some information on the page is not up-to-date. Another user has modified the record
business-central | vendor,it | Your activity is waiting for another user to finish. The table is locked by another user.
netsuite | it,vendor | RCRD_HAS_BEEN_CHANGED: Record has been changed
quickbooks-online | vendor,it | Stale Object Error : You and erp@example were working on this at the same time.
- | it,vendor | database is locked
- | it,vendor | The record is in use by another session. Please try again later.
- | it,vendor | sqlite3.OperationalError: database table is locked
d365-fo | vendor,it | Cannot edit a record in Sales orders (SalesTable). An update conflict occurred due to another user process deleting the record
# mapping
- | it,vendor | Field 'taxCode' is required
- | it,vendor | {"errors":{"shipping_address":["can't be blank"]}}
- | it,vendor | Missing mandatory field: CostCenter
- | it,vendor | Required property 'customerNumber' was not provided in the request body
- | it,vendor | No mapping found for payment method 'klarna_later'
- | it,vendor | Unmapped value "EXPRESS_DHL" for field shipping method
- | it,vendor | column "vat_code" of relation "orders" does not exist
- | it,vendor | Invalid column name 'TaxAmount'.
- | it,vendor | Unknown column 'cost_center' in 'field list'
- | it,vendor | ORA-00904: "VENDOR_SITE": invalid identifier
- | it,vendor | Could not find a property named 'customField1' on type 'Microsoft.NAV.salesOrder'.
- | it,vendor | The property 'discountPct' does not exist on type 'Microsoft.NAV.salesOrderLine'. Make sure to only use property names that are defined by the type.
- | it,vendor | Unrecognized field "shippingRef" (class com.acme.Order), not marked as ignorable
- | it,vendor | NOT NULL constraint failed: orders.customer_id
- | it,vendor | null value in column "currency" of relation "invoice" violates not-null constraint
- | it,vendor | Cannot insert the value NULL into column 'VendorId', table 'ERP.dbo.Invoices'; column does not allow nulls. INSERT fails.
- | it,vendor | ORA-01400: cannot insert NULL into ("AP"."INVOICES"."TERMS_ID")
salesforce | it,vendor | REQUIRED_FIELD_MISSING: Required fields are missing: [Billing_Code__c]
salesforce | it,vendor | INVALID_FIELD: No such column 'Region__c' on sobject of type Account
salesforce | it | FIELD_CUSTOM_VALIDATION_EXCEPTION: Close date must be in the future
salesforce | it,vendor | INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: bad value for restricted picklist field: Partner-X
netsuite | it | {"code":"USER_ERROR","message":"Please enter value(s) for: Location, Class"}
netsuite | it | INVALID_FLD_VALUE: You have entered an Invalid Field Value 12 for the following field: custbody_region
sap | it,vendor | Fill in all required entry fields
sap | it,vendor | Field COBL-KOSTL is a required field for G/L account 1000 400000
- | it,vendor | KeyError: 'line_items'
- | it,vendor | TypeError: Cannot read properties of undefined (reading 'sku')
- | it,vendor | Invalid value 'B2B' for field 'customerType'. Allowed values are: RETAIL, WHOLESALE
- | it,vendor | JSON schema validation failed: $.lines[0].qty: is missing but it is required
edi | vendor,it | Segment N1 qualifier 'ST' has no mapping to ship-to in partner profile
- | it,vendor | No enum constant com.acme.TaxType.REVERSE_CHARGE
sap | vendor,it | IDoc 0000000000123 status 60: EDI: syntax error in IDoc (segment cannot be identified)
# master_data
- | it/functional | Customer C-10042 does not exist
- | it/functional | Vendor 'ACME-77' not found
- | it/functional | Item SKU-9913 is not found in the item master
- | it/functional | Unknown item number: 88-A
- | it/functional | G/L account 6090 does not exist in chart of accounts
- | it/functional | Cost center 4711 is not valid on 2026-02-20
- | it/functional | The customer account is blocked
- | it/functional | Vendor 100345 is blocked for posting
- | it/functional | Item 1000 is inactive
- | it/functional | Invalid dimension value 'DEPT-99'
- | it/functional | Currency code CHF is not set up
- | it/functional | Exchange rate for EUR/SEK on 2026-02-21 is not maintained
- | it/functional | No exchange rate found for currency GBP
- | it/functional | Payment term 'NET45' does not exist
- | it/functional | Unit of measure PAL is not defined for item 1000
- | it/functional | Tax code V9 is not defined in country DE
- | it/functional | insert or update on table "invoice" violates foreign key constraint "fk_invoice_vendor"
- | it/functional | The INSERT statement conflicted with the FOREIGN KEY constraint "FK_Order_Customer".
- | it/functional | Cannot add or update a child row: a foreign key constraint fails
- | it/functional | ORA-02291: integrity constraint (ERP.FK_CUST) violated - parent key not found
sap | it/functional | Customer 0000104711 has not been created in sales area 1000 10 00
sap | it/functional | Material MAT-001 not maintained in plant 1100
sap | it/functional | Vendor 0000100200 is not defined in company code 1000
sap | it/functional | Account 400000 is blocked for posting in company code 1000
sap | it/functional | IDoc 0000000000998877 status 51: Material 000123 does not exist or is not activated
business-central | it/functional | The field Item No. of table Sales Line contains a value (1900-S) that cannot be found in the related table (Item).
business-central | it/functional | The Vendor does not exist. Identification fields and values: No.='V00010'
netsuite | it/functional | Invalid item reference key 4711 for subsidiary 3.
netsuite | it/functional | The specified record does not exist: RCRD_DSNT_EXIST
sage-intacct | it/functional | <errorno>BL01001973</errorno><description2>Invalid Customer 'C-100' specified.</description2>
oracle-erp | it/functional | INVALID SUPPLIER SITE: the supplier site could not be derived
d365-fo | it/functional | The value 'V-001' in field 'Vendor account' is not found in the related table 'Vendors'.
xero | it/functional | A validation exception occurred: Account code '999' is not a valid code for this document.
- | it/functional | No matching purchase order found for PO 4500019999
- | it/functional | Employee 00123 is not active on the posting date
- | it/functional | Project P-2024-01 is closed
- | it/functional | Warehouse code WH9 not recognised
- | it/functional | Insufficient stock: available quantity 3, requested 5
quickbooks-online | it/functional | Business Validation Error: The specified account is inactive
business-central | it/functional | 'Gen. Bus. Posting Group' must have a value in Customer: No.=C0042. It cannot be zero or empty.
# period_closed
- | it/functional | The accounting period is closed for posting date 2026-01-31
- | it/functional | Posting period 001 2026 is closed
- | it/functional | Period 12-2025 is not open in ledger US Primary
- | it/functional | Fiscal year 2025 is closed
- | it/functional | Transaction date is in a locked period
- | it/functional | The date 31.12.2025 falls before the lock date of the company
- | it/functional | Cannot post to closed period 2025-12
- | it/functional | Fiscal period for 1/31/2026 is not open
- | it/functional | You cannot post on this date because the books are closed through 31 January
sap | it/functional | Posting period 002 2026 is not open (F5 201)
sap | it/functional | Period 012/2025 is not open for account type K and G/L 160000
d365-fo | it/functional | Fiscal period for 1/31/2026 is not open.
business-central | it/functional | Posting Date is not within your range of allowed posting dates in Gen. Journal Line
netsuite | it/functional | The transaction date you specified is not within the date range of your accounting period. The period is closed.
xero | it/functional | The document date cannot be before the period lock date
odoo | it/functional | You cannot add/modify entries prior to and inclusive of: Tax Lock Date (01/31/2026).
sage-intacct | it/functional | The date 12/31/2025 is in a closed period. Books are closed for entity 100
exact-online | it/functional | Periode 12 van boekjaar 2025 is afgesloten
afas | it/functional | De periode is geblokkeerd voor boekingen
# duplicate
- | it/functional | ERROR: duplicate key value violates unique constraint "invoice_number_key" DETAIL: Key (number)=(INV-77) already exists.
- | it/functional | Violation of UNIQUE KEY constraint 'UQ_OrderNo'. Cannot insert duplicate key in object 'dbo.Orders'.
- | it/functional | ORA-00001: unique constraint (ERP.UK_INV) violated
- | it/functional | Duplicate entry '4711' for key 'PRIMARY'
- | it/functional | An invoice with number 2026-0098 already exists for this supplier
- | it/functional | Order 1000234 has already been imported
- | it/functional | This record has already been processed
- | it/functional | E11000 duplicate key error collection: erp.orders index: orderNo_1 dup key
- | it/functional | A customer with this email address already exists
- | it/functional | external_id has already been taken
- | it/functional | UNIQUE constraint failed: orders.external_ref
sap | it/functional | Check if the invoice was already entered as accounting document 5100000123
sap | it/functional | Document number 1900000042 already exists in company code 1000 fiscal year 2026
salesforce | it/functional | DUPLICATE_VALUE: duplicate value found: External_Id__c duplicates value on record with id: 0015
salesforce | it/functional | DUPLICATES_DETECTED: Use one of these records?
business-central | it/functional | The record in table Vendor already exists. Identification fields and values: No.='V100'
netsuite | it/functional | UNIQUE_CUST_ID_REQD: A customer record with this ID already exists. You must enter a unique customer ID.
edi | vendor,it | AK5*R*23~ Interchange control number 000000123 is a duplicate
- | it/functional | Duplicate payment reference PAY-2026-77: a payment with the same reference was executed
stripe | it/functional,vendor | Keys for idempotent requests can only be used with the same parameters they were first used with.
# payload
- | vendor,it | 400 Bad Request: malformed JSON in request body
- | vendor,it | org.xml.sax.SAXParseException; lineNumber: 12; columnNumber: 5; The element type "Line" must be terminated by the matching end-tag
- | vendor,it | cvc-complex-type.2.4.a: Invalid content was found starting with element 'Amt'
- | vendor,it | 415 Unsupported Media Type
- | vendor,it | 422 Unprocessable Entity
- | vendor,it | json.decoder.JSONDecodeError: Expecting ',' delimiter: line 4 column 9 (char 88)
- | vendor,it | UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 12: invalid continuation byte
- | vendor,it | value too long for type character varying(35)
- | vendor,it | String or binary data would be truncated in table 'ERP.dbo.Orders', column 'Name2'.
- | vendor,it | Data too long for column 'memo' at row 1
- | vendor,it | ORA-12899: value too large for column "AP"."INVOICES"."DESCRIPTION" (actual: 300, maximum: 240)
- | vendor,it | invalid input syntax for type date: "31/02/2026"
- | vendor,it | Conversion failed when converting date and/or time from character string.
- | vendor,it | System.FormatException: Input string was not in a correct format.
- | vendor,it | java.lang.NumberFormatException: For input string: "1.234,56"
- | vendor,it | The remote server returned an error: (413) Request Entity Too Large.
- | vendor,it | The file size exceeds the maximum of 10 MB
- | vendor,it | Invalid IBAN: check digits do not match
- | vendor,it | pain.001 rejected: RR04 invalid character in remittance information
- | vendor,it | Invoice total 119.00 does not equal sum of lines 118.99
edi | vendor,it | AK5*R*5~AK9*R*1*1*0~
edi | vendor,it | IK5*R*I5~ AK9*R*1*1*0~
edi | vendor,it | CONTRL: UCI interchange rejected, syntax error 12 invalid value
edi | vendor,it | TA1 interchange acknowledgment code R, note code 022 invalid control structure
edi | vendor,it | Mandatory segment DTM missing at position 5 in message ORDERS D96A
- | vendor,it | java.lang.NullPointerException: Cannot invoke "Order.getLines()" because "order" is null
- | vendor,it | System.NullReferenceException: Object reference not set to an instance of an object.
- | vendor,it | Content-Type 'text/plain' is not supported; expected application/json
- | vendor,it | Arithmetic overflow error converting numeric to data type numeric.
- | vendor,it | Field 'Description' exceeds maximum length of 60 characters
- | vendor,it | CSV parse error at line 17: expected 12 columns, found 11
# platform_outage
- | publisher | 503 Service Temporarily Unavailable nginx
- | publisher | HTTP/1.1 502 Bad Gateway
- | publisher | 504 Gateway Time-out
- | publisher | The remote server returned an error: (500) Internal Server Error.
- | publisher | {"error":{"code":"InternalServerError","message":"An unexpected error occurred. Please try again later."}}
- | publisher | Error 520: Web server is returning an unknown error
- | publisher | 521 Web server is down
- | publisher | We are currently performing scheduled maintenance. Please try again later.
- | publisher | The system is undergoing maintenance and will be back shortly
- | publisher | Service is temporarily unavailable due to an outage
salesforce | publisher | SERVER_UNAVAILABLE: HTTP Status 503
salesforce | publisher | UNKNOWN_EXCEPTION: An unexpected error occurred. Please include this ErrorId if you contact support: 1234-5678
netsuite | publisher | UNEXPECTED_ERROR: An unexpected error has occurred. Error ID: kxyz12
business-central | publisher | Internal_ServerError: An error occurred and the transaction is stopped
business-central | publisher | The environment is currently being updated and is not available
sap | publisher | 503 Service Unavailable: No server is available to handle this request
shopify | publisher | {"errors":"503 Service Unavailable: Shopify is experiencing an internal error"}
- | publisher | AmazonServiceException: We encountered an internal error. Please try again. (Service: Amazon S3; Status Code: 500; Error Code: InternalError)
- | publisher | ServiceUnavailableException: The service is unavailable at this time
- | publisher | status=503 backend read error Varnish cache server
- | publisher | The application is currently offline for an upgrade
# version_sunset
- | vendor | 410 Gone: This API version has been retired
- | vendor | API version 2023-01 is no longer supported. Please upgrade to a newer version.
- | vendor | UNSUPPORTED_API_VERSION: Invalid Api version specified on URL
- | vendor | This endpoint is deprecated and has been removed
- | vendor | The SOAP endpoint version 2019_2 is not supported anymore
- | vendor | HTTP 404 Not Found: /api/v1/orders
- | vendor | 404 Not Found: No route matches [POST] "/rest/V0/invoices"
- | vendor | BadRequest_ResourceNotFound: Resource not found for the segment 'salesOrdersX'
salesforce | vendor | UNSUPPORTED_CLIENT: TLS 1.0 has been disabled in this organization API version retired
salesforce | vendor | API version 20.0 is retired and no longer available, use a supported version
netsuite | vendor | InvalidVersionFault: Endpoint 2018_1 is unsupported. Please upgrade.
odoo | vendor | POST /xmlrpc/2/common 404 NOT FOUND
- | vendor | Sunset: Sat, 31 Jan 2026 23:59:59 GMT; this version of the API was shut down
- | vendor | No handler for SOAPAction urn:GetOrdersV1; operation is obsolete
# backlog
- | it | Queue depth 15234 exceeds threshold 1000
- | it | 450 messages waiting in queue orders.in for more than 2 hours
- | it | Consumer lag for group erp-sync on topic orders is 88210
- | it | MQRC_Q_FULL 2053: the queue is full
- | it | Dead letter queue erp-invoices-dlq contains 37 messages
- | it | 212 IDocs in status 64 since 06:10
- | it | Job queue entry has been stuck in process since 03:12
- | it | Scheduled job OrderExport has not run since 2026-02-19
ipaas | it,vendor | Flow has been running for 7 hours and has not finished
edi | vendor | 997 functional acknowledgement overdue for interchange 000000321
- | it | Backlog growing: oldest message age 3h 12m
- | it | Maximum delivery count exceeded, message moved to the dead-letter queue
"""


def read_texts(lines: str) -> tuple[Told, ...]:
    """Every line as a value; a `# heading` names the class of the lines below it."""
    told: list[Told] = []
    error_class = ""
    for line in lines.strip().splitlines():
        if line.startswith("# "):
            error_class = line[2:].strip()
            continue
        system, lanes, text = line.split(" | ", 2)
        accepted = tuple(lanes.split(","))
        told.append(Told(error_class, None if system == "-" else system, accepted, text))
    return tuple(told)


TEXTS = read_texts(_TEXTS)
