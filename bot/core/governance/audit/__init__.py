"""Whether the estate is really owned: the five questions, findings, readiness, advice.

Pure. What only the running bot knows comes in as `Live`; without it the audit says less, and
says so.
"""
