"""`qudao tour`: the main job from contract to proof, every figure checked, on a database of its own."""

import json
import pathlib
import sys
import time
from collections.abc import Callable, Sequence

from qudao.kernel import config


def configure(parser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument(
        "--keep",
        metavar="DIR",
        type=pathlib.Path,
        help="an empty folder for what the tour makes: delivery note, exported journal",
    )


def run(arguments) -> int:
    from qudao.shell.tour import ground

    _check_folder(arguments.keep)
    begun = time.monotonic()
    if not arguments.json:
        print("qudao tour: making a database of its own …", flush=True)
    with ground.own_database():
        from qudao.shell.tour import story

        code = tell(arguments, story.chapters())
    if not arguments.json:
        print(f"The tour took {time.monotonic() - begun:.0f} s; its database is gone.")
    return code


def tell(arguments, chapters: Sequence[Callable]) -> int:
    """Play the chapters and print them; 1 when a figure is wrong, naming it."""
    from qudao.shell.tour import book, story

    told = book.Book((lambda line: None) if arguments.json else _show)
    whole = story.play(told, arguments.keep, chapters)
    if arguments.json:
        print(json.dumps(told.as_json(), ensure_ascii=False, indent=2))
    wrong = [check for check in told.checks if not check.ok]
    for check in wrong:
        print(
            f"qudao tour: {check.name}: expected {check.expected}, found {check.actual}",
            file=sys.stderr,
        )
    if not arguments.json and whole:
        print(f"\n{len(told.sections)} sections, {len(told.checks)} checks passed.")
    return 0 if whole else 1


def _show(line: str) -> None:
    print(line, flush=True)


def _check_folder(keep: pathlib.Path | None) -> None:
    if keep is not None and keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise config.ConfigurationError(f"{keep} is not an empty folder: name another with --keep")
