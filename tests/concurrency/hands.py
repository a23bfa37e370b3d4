"""Several threads at once, each on a connection of its own."""

import threading

from django.db import connection

from qudao.kernel import errors, locks


def together(*works):
    """Call the works at once; returns what each gave, or the set of reason codes of its refusal."""
    start = threading.Barrier(len(works))
    outcomes = [None] * len(works)
    failures = []

    def run(at, work):
        try:
            start.wait()
            with locks.refusing_when_busy():
                outcomes[at] = work()
        except errors.Refused as refused:
            outcomes[at] = {reason.code for reason in refused.reasons if reason.refuses}
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return outcomes


def refusals(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, set)]
