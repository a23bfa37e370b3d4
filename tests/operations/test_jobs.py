"""Jobs: deferred with the transaction, run by the worker, without a NOTIFY."""

import datetime as dt
import json
from concurrent import futures

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django import app as registry

from qudao.kernel import database, jobs, scope
from tests import harness


def run_jobs():
    """In a thread of its own: where a browser runs beside the tests, this one has its event loop already."""
    with futures.ThreadPoolExecutor(1) as thread:
        thread.submit(jobs.run, wait=False).result()


RUN: list = []


@jobs.task
def note_down(*, number):
    RUN.append(number)


@jobs.task
def look_around(*, number):
    with scope.everything("job"), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        RUN.append(cursor.fetchone()[0])


@jobs.task
def fail(*, number):
    raise RuntimeError("not today")


@jobs.periodic("*/5 * * * *")
def count_minutes(*, now):
    RUN.append(now)


@pytest.fixture(autouse=True)
def nothing_due(monkeypatch):
    """No periodic job of the product falls due in between."""
    RUN.clear()
    monkeypatch.setattr(registry.periodic_registry, "periodic_tasks", {})


def states():
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id")
        return [(name.rsplit(".", 1)[1], status, attempts) for name, status, attempts in cursor.fetchall()]


def test_a_deferred_job_runs_and_is_gone(db):
    with scope.everything():
        jobs.defer(note_down, number=7)
    assert RUN == []
    run_jobs()
    assert RUN == [7]
    assert states() == []


def test_a_job_runs_in_the_programs_own_role(db):
    jobs.defer(look_around, number=1)
    run_jobs()
    assert RUN == ["qudao_app"]


def test_a_job_vanishes_with_the_transaction_that_deferred_it(db):
    with pytest.raises(ZeroDivisionError), scope.everything():
        jobs.defer(note_down, number=7)
        1 / 0  # noqa: B018
    run_jobs()
    assert RUN == []


def test_a_job_waits_for_its_time(db):
    jobs.defer(note_down, number=7, at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
    run_jobs()
    assert RUN == []
    assert states() == [("note_down", "todo", 0)]


def test_a_job_that_fails_is_tried_again_later(db):
    jobs.defer(fail, number=7)
    run_jobs()
    assert states() == [("fail", "todo", 1)]


def test_what_a_killed_worker_left_is_queued_again_and_what_a_living_one_does_is_not(db):
    for number in (7, 8, 9):
        jobs.defer(note_down, number=number)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        [alive] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        )
        [dead] = cursor.fetchone()
        for number, worker in ((7, None), (8, dead), (9, alive)):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE args ->> 'number' = %s",
                [worker, str(number)],
            )
    assert jobs.take_up() == 2
    assert [state for _name, state, _attempts in states()] == ["todo", "todo", "doing"]
    run_jobs()
    assert sorted(RUN) == [7, 8]


def test_control_without_being_taken_up_a_killed_job_stays_undone(db):
    jobs.defer(note_down, number=7)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    run_jobs()
    assert (RUN, states()) == ([], [("note_down", "doing", 0)])


def test_what_kills_its_worker_again_and_again_is_left_in_the_end(db):
    jobs.defer(note_down, number=7)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 5, worker_id = NULL")
    assert jobs.take_up() == 0


def test_a_periodic_job_gets_the_instant_it_was_due(db):
    instant = int(dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC).timestamp())
    registry.configure_task(name=f"{__name__}.count_minutes").defer(timestamp=instant)
    run_jobs()
    assert RUN == [harness.NOW]


def heard(listener, act):
    """What `listener` is notified of while `act` runs."""
    listener.execute('LISTEN "procrastinate_any_queue_v1"')
    act()
    listener.execute("SELECT pg_notify('procrastinate_any_queue_v1', '{\"type\": \"end\"}')")
    return [json.loads(one.payload)["type"] for one in listener.notifies(timeout=5, stop_after=1)]


def test_deferring_notifies_nobody(db):
    with database.connect("app", autocommit=True) as listener:
        assert heard(listener, lambda: jobs.defer(note_down, number=1)) == ["end"]


def test_control_with_the_trigger_on_somebody_is_notified(db):
    with harness.owner() as owner, database.connect("app", autocommit=True) as listener:
        owner.execute(f"ALTER TABLE procrastinate_jobs ENABLE TRIGGER {jobs.NOTIFYING[0]}")
        try:
            assert heard(listener, lambda: jobs.defer(note_down, number=1))[0] == "job_inserted"
        finally:
            jobs.silence(owner)


def test_both_notifying_triggers_are_switched_off_by_the_migration(db):
    with harness.owner() as owner:
        found = owner.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE '%notify%' AND tgenabled <> 'D'"
        ).fetchall()
        every = owner.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%notify%'").fetchall()
    assert found == []
    assert {name for (name,) in every} == set(jobs.NOTIFYING)


def test_a_stranger_has_no_rights_on_the_jobs(db):
    with database.connect("sequencer") as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute("SELECT count(*) FROM procrastinate_jobs")
