"""The transaction that tells the database who is asking.

Four settings, local to the transaction: `app.everyone` (on), `app.house` (on), `app.visible` (an array
of node ids), `app.actor` (the actor's reference). Without them no secured row is seen: after a local
setting ends its value is '', and the policies take '' for nothing.
"""

import contextlib
import contextvars
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ParamSpec, TypeVar

from django.db import connection, models
from django.db import transaction as django_transaction

from qudao.kernel.scope.actor import Actor, system

P = ParamSpec("P")
T = TypeVar("T")

_current: contextvars.ContextVar[tuple[Actor, bool] | None] = contextvars.ContextVar("actor", default=None)

_memo: contextvars.ContextVar[dict[Any, Any] | None] = contextvars.ContextVar("memo", default=None)

_SET = (
    "SELECT set_config('app.everyone', %s, true), set_config('app.house', %s, true),"
    " set_config('app.visible', %s, true), set_config('app.actor', %s, true)"
)


def current() -> Actor:
    """The actor of the running transaction; raises LookupError outside one."""
    found = _current.get()
    if found is None:
        raise LookupError("no scope.transaction is open")
    return found[0]


@contextlib.contextmanager
def transaction(actor: Actor, *, acting: bool = False) -> Iterator[None]:
    """Open a transaction in which `actor` asks, or join the one it has open.

    `acting=True` is for operations: the house acts on the actor's behalf, so internal tables (stock,
    cost) and the actor's `reach` are open to the operation's code; other partners' rows stay closed.
    Joining with another actor, or acting inside a reading transaction, is a programming error.
    """
    outer = _current.get()
    if outer is not None:
        if outer[0] != actor or (acting and not outer[1]):
            raise RuntimeError(f"a transaction of {outer[0].ref} is open: {actor.ref} cannot join it")
        try:
            yield
        except BaseException:
            # What failed inside may be half done: nothing of the whole is kept, whoever catches this.
            django_transaction.set_rollback(True)
            raise
        return
    with django_transaction.atomic():
        _announce(actor, acting)
        token, remembered = _current.set((actor, acting)), _memo.set({})
        try:
            yield
        finally:
            _memo.reset(remembered)
            _current.reset(token)


def once(key: Any, ids: Iterable[int], read: Callable[[set[int]], Mapping[int, Any]]) -> dict[int, Any]:
    """Rows by id, each read once a transaction: the several gates of one decision ask for the same products.

    For rows the transaction does not change. `read` gets the ids not yet known; outside a transaction all.
    """
    wanted = set(ids)
    kept = _memo.get()
    known = {} if kept is None else kept.setdefault(key, {})
    if missing := wanted - known.keys():
        found = read(missing)
        known |= {one: found.get(one) for one in missing}
    return {one: known[one] for one in wanted if known[one] is not None}


def remembered(read: Callable[P, T]) -> Callable[P, T]:
    """Decorate a query that the parts of one page ask again: within a reading transaction it is asked once.

    Its arguments are hashable and its answer is not changed by who gets it. An operation asks anew each
    time, for it may have written meanwhile.
    """

    @functools.wraps(read)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        running, kept = _current.get(), _memo.get()
        if running is None or running[1] or kept is None:
            return read(*args, **kwargs)
        answers, key = kept.setdefault(asked, {}), (args, tuple(sorted(kwargs.items())))
        if key not in answers:
            answers[key] = read(*args, **kwargs)
        return answers[key]

    return asked


@contextlib.contextmanager
def everything(name: str = "system") -> Iterator[Actor]:
    """A transaction of the program itself, for data migrations and jobs."""
    actor = system(name)
    with transaction(actor, acting=True):
        yield actor


def _announce(actor: Actor, acting: bool) -> None:
    nodes = actor.reach if acting and actor.reach else actor.visible
    listed = "{" + ",".join(map(str, nodes)) + "}"
    with connection.cursor() as cursor:
        cursor.execute(
            _SET,
            ["on" if actor.everyone else "", "on" if actor.house or acting else "", listed, actor.ref],
        )


def visible(queryset: models.QuerySet, actor: Actor) -> models.QuerySet:
    """The second wall: filter a queryset by its model's shape for this actor."""
    if actor.everyone:
        return queryset
    running = _current.get()
    return queryset.model.scope.restrict(queryset, actor, acting=running is not None and running[1])
