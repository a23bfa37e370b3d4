"""The chapters in order. Import it once Django is ready."""

import contextlib
import pathlib
import tempfile
from collections.abc import Callable, Iterator, Sequence

from qudao.shell.tour import (
    book,
    delivering,
    following,
    loading,
    ordering,
    proving,
    rewarding,
    settling,
    stage,
)


def chapters() -> list[Callable[[stage.Stage], None]]:
    return [
        *(loading.load, loading.buy, ordering.channels, ordering.refusals, ordering.reserve),
        *(delivering.deliver, delivering.take_back, settling.bill, following.report, settling.state),
        *(rewarding.run, rewarding.use, following.trace, following.hold, proving.prove),
    ]


def play(told: book.Book, keep: pathlib.Path | None, played: Sequence[Callable[[stage.Stage], None]]) -> bool:
    """Play the chapters; False when a figure was wrong. Everything else that breaks is raised."""
    with _folder(keep) as folder:
        on = stage.Stage(told, folder)
        try:
            for chapter in played:
                chapter(on)
        except book.WrongFigure:
            return False
    return True


@contextlib.contextmanager
def _folder(keep: pathlib.Path | None) -> Iterator[pathlib.Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="qudao-tour-") as made:
        yield pathlib.Path(made)
