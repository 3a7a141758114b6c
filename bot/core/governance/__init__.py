"""Audit, attestation, ending credentials and the handbook."""
