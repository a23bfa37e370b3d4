"""What a connection to the database keeps from one request to the next."""

from django.db import connection


def test_two_hundred_statements_of_a_day_are_planned_once_each(db):
    with connection.cursor() as cursor:
        for _ in range(3):
            for number in range(200):
                cursor.execute(f"SELECT %s::int + {number} AS of_the_day", [1])
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%% AS of\\_the\\_day'"
        )
        assert cursor.fetchone() == (200,)


def test_nobody_waits_longer_for_a_lock_than_five_seconds(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("5s",)
