"""The beginning of an estate file with one connection; its checks are up to the test."""

ONE_CONNECTION = """\
version: 1
people:
  alice: {name: Alice, email: alice@example.com}
systems: {shop: {name: Shop}, erp: {name: ERP}}
connections:
  orders:
    name: Orders
    from: shop
    to: erp
    owners: {technical: alice, functional: alice, architecture: alice}
    first_responder: alice
    checks:
"""
