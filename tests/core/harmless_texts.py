"""Texts that are no errors of an integration: nothing may be said about them with confidence."""

_TEXTS = r"""
asdf qwerty zxcv
lorem ipsum dolor sit amet, consectetur adipiscing elit
The quick brown fox jumps over the lazy dog
hello
test
foo bar baz
12345
???
...
null
undefined
true
{}
[]
""
<p>Welcome to our shop</p>
<div class="hero"><h1>Spring sale</h1><a href="/new">New arrivals</a></div>
Order 4711 synced successfully
200 OK
HTTP/1.1 200 OK
HTTP/1.1 201 Created
HTTP/1.1 204 No Content
HTTP/2 304 Not Modified
Status: healthy
{"status":"ok"}
{"status":"success","processed":120,"failed":0}
{"result":"completed","errors":[]}
{"errors":0,"warnings":0,"records":312}
0 errors, 0 warnings
No errors found
Completed without errors
All 512 records were processed successfully
Import finished: 120 created, 4 updated, 0 failed
Job finished in 12.4 s
Sync completed at 2026-02-20T08:00:00Z
INFO  [main] Started Application in 4.2 seconds
INFO Connection to erp.example established
INFO Connection closed normally
INFO Token refreshed, valid for 3600 s
DEBUG acquiring connection from pool
DEBUG sending 12 records to /orders
TRACE enter method getOrders()
[INFO] 2026-02-20 08:00:01 heartbeat received from agent onprem-01
2026-02-20 08:00:01,123 INFO com.acme.Sync - fetched page 3 of 12
Certificate valid until 2027-05-01
The certificate was renewed and is valid for 90 days
Certificate for erp.example expires in 83 days
Password changed successfully
User svc-erp logged in
User alice logged out
Login successful
Authentication succeeded
Permission granted to role Integration
Access granted
Rate limit remaining: 4999
X-RateLimit-Remaining: 39
quota usage 12 %
Queue depth 3
Queue is empty
0 messages waiting
Queue drained in 4 minutes
Backlog cleared
Deadlock detection is enabled
Maintenance completed, all systems operational
All systems operational
The incident has been resolved
Service restored at 09:15
The period 2026-02 is open
Period 2026-02 was opened by finance
Opened posting period 003 2026
Customer C-100 created
Vendor V-200 updated
Invoice 2026-77 posted
Payment run 12 executed, 34 payments
No duplicates found
Duplicate check passed
Record saved
Lock released
Lock acquired by job 7 and released after 20 ms
File orders_20260220.xml uploaded
File received: 12 kB
997 received and accepted
AK5*A~AK9*A*1*1*1~
MDN processed without error
processed; automatic-action/MDN-sent-automatically; processed
IDoc 0000000000123456 status 53 Application document posted
IDoc status 03 Data passed to port OK
IDoc status 12 Dispatch OK
RequestStatus SUCCEEDED
{"value":"Succeeded"}
{"setup_state":"connected","sync_state":"scheduled"}
Recipe started
Flow enabled
Webhook subscription created
Subscription renewed until 2026-03-01
Deployment finished
Release notes for version 12.4
Welcome to the API. See the documentation at https://docs.example
The API supports versions 2025-10 and 2026-01
Version 3.2.1
GET /orders?page=2
POST /orders 201 in 120 ms
GET /orders 200 in 503 ms
GET /items 200 429 bytes
order 4711 for 429 pieces of 503 blue
429
503 pieces shipped
Invoice 401 for 500 EUR
room 404
Article 410, size 42
Order number 500 was delivered
The train leaves at 4:29
Page 404 of the handbook
Ticket 403 is open
Bus line 502 goes to the harbour
please call me back
who owns the Shopify orders feed?
what is the status of the bank connection
can you help me
thanks!
lunch at noon?
I am on holiday until Monday
Meeting moved to 14:00
Good morning team
Happy birthday!
my cat sat on the keyboard
the printer on the second floor is out of paper
coffee machine is broken
the weather is nice today
colourless green ideas sleep furiously
to be or not to be, that is the question
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
🙂🙂🙂
<!channel> hello
‹p:alice›
\x00\x01\x02
SELECT * FROM orders WHERE status = 'open'
UPDATE customers SET name = 'ACME' WHERE id = 7
def main(): pass
import os
for i in range(10): print(i)
public static void main(String[] args)
{"id":4711,"customer":"C-100","total":119.00}
<order><id>4711</id><line>1</line></order>
UNH+1+ORDERS:D:96A:UN'BGM+220+4711+9'
ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260220*0800*U*00401*000000001*0*P*>~
a;b;c;d
name,street,city
C:\data\orders\out.csv
https://shop.example/products/blue-shirt
ssh-rsa AAAAB3NzaC1yc2E
base64:SGVsbG8gd29ybGQ=
550e8400-e29b-41d4-a716-446655440000
+49 30 1234567
DE89 3704 0044 0532 0130 00
Net 30 days
VAT 19 %
EUR 1,204.50
Monday
Q4 2025
The customer is happy
A new vendor was approved
The account manager called
Permission slips are due on Friday
The door is locked at night
The library period ends in May
We ship to 40 countries
Our terms of service
Cookies help us to improve this site
Thank you for your order
Your parcel is on its way
Retry succeeded on the second attempt
Recovered after 1 retry
Token will expire in 3600 seconds
Session started
Connected to SFTP server sftp.bank.example
sftp> ls
drwxr-xr-x 2 edi edi 4096 Feb 20 08:00 in
Handshake complete, TLSv1.3
TLS 1.3 negotiated
DNS lookup took 12 ms
ping 12 ms
CPU 12 % memory 40 %
disk usage 41 %
Backup finished
Cache warmed
Scheduled job OrderExport ran at 03:00
Next run at 04:00
Nothing to do
No new records since the last run
0 records to export
Skipped 0
Warning: none
error rate 0 %
errors: none
last error: none
exit code 0
Process finished with exit code 0
done
"""

TEXTS = tuple(dict.fromkeys(line for line in _TEXTS.split("\n") if line))
