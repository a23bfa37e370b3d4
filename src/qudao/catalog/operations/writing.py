"""What the operations of the catalogue share."""

from django.db import connection

ITEMS = "catalog.item.manage"
CERTIFICATES = "catalog.certificate.manage"
TAX = "catalog.tax.manage"


def one_at_a_time(what: str) -> None:
    """Registrations of `what` wait for each other until the transaction ends: they are rare, and so the
    look for taken codes and numbers holds until the rows are written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 11))", [f"catalog.{what}"])
