"""The ids of documents: in the order of the instants they were made at."""

import datetime as dt
import random

from qudao.kernel import records

NOON = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)


def test_documents_sort_by_the_instant_they_were_made_at_whoever_wrote_first():
    instants = [NOON + dt.timedelta(milliseconds=step) for step in range(200)]
    random.Random(7).shuffle(instants)
    by_key = sorted((records.key(at), at) for at in instants)
    assert [at for _, at in by_key] == sorted(instants)


def test_documents_of_one_instant_keep_their_order():
    made = [records.key(NOON) for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == 20_000


def test_a_key_is_a_uuid_of_version_7_that_tells_its_instant():
    key = records.key(NOON)
    assert (key.version, key.variant) == (7, "specified in RFC 4122")
    assert dt.datetime.fromtimestamp((key.int >> 80) / 1000, dt.UTC) == NOON
