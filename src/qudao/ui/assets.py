"""Which files of which npm package the product serves, and the finder that serves exactly those.

Whole packages cannot be served: manifest storage fails on the first stylesheet of theirs that names a
file they do not ship. So every file is listed, with the fonts and source maps it refers to.
"""

import pathlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders, utils
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

ASSETS: dict[str, tuple[str, ...]] = {
    "@alpinejs/csp": ("dist/cdn.min.js",),
    "@tabler/core": ("dist/css/tabler.min.css", "dist/css/tabler.min.css.map"),
    "@tabler/icons-webfont": (
        "dist/tabler-icons.min.css",
        "dist/fonts/tabler-icons.woff2",
        "dist/fonts/tabler-icons.woff",
        "dist/fonts/tabler-icons.ttf",
    ),
    "echarts": ("dist/echarts.min.js",),
    "htmx.org": ("dist/htmx.min.js",),
}

# Not served: typst embeds these in PDFs. Only TTF prints Chinese; woff files print boxes.
PDF_FONTS: tuple[str, ...] = (
    "@expo-google-fonts/noto-sans-sc/400Regular",
    "@expo-google-fonts/noto-sans-sc/700Bold",
)

PREFIX = "npm"


def node_modules() -> pathlib.Path:
    """`settings.NODE_MODULES`, or the folder beside this source tree's package.json."""
    chosen = getattr(settings, "NODE_MODULES", None)
    return pathlib.Path(chosen) if chosen else pathlib.Path(__file__).parents[3] / "node_modules"


def missing_files(root: pathlib.Path) -> list[str]:
    """Listed files that are not under `root`, as package/file."""
    listed = [f"{package}/{name}" for package, names in ASSETS.items() for name in names]
    return [name for name in [*listed, *PDF_FONTS] if not (root / name).exists()]


def pdf_font_folders() -> list[pathlib.Path]:
    """Folders to give typst as `font_paths`; the family is "Noto Sans SC", regular and bold."""
    return [node_modules() / folder for folder in PDF_FONTS]


class NodeFinder(finders.BaseFinder):
    """Serves `npm/<package>/<file>` for the files in ASSETS and nothing else of node_modules."""

    def __init__(self, app_names: Iterable[str] | None = None) -> None:
        self.root = node_modules()
        self.paths = {
            f"{PREFIX}/{package}/{name}": self.root / package / name
            for package, names in ASSETS.items()
            for name in names
        }

    def check(self, **kwargs: object) -> list[CheckMessage]:
        missing = missing_files(self.root)
        if not missing:
            return []
        return [
            Error(
                f"{len(missing)} browser files are missing under {self.root}, first {missing[0]}.",
                hint="Run `npm ci` in the project's folder.",
                id="ui.E001",
            )
        ]

    def find(self, path: str, find_all: bool = False) -> Any:  # a path or None; all paths as a list
        found = self.paths.get(path)
        exists = found is not None and found.exists()
        if find_all:
            return [str(found)] if exists else []
        return str(found) if exists else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for package, names in ASSETS.items():
            storage = FileSystemStorage(location=self.root / package)
            storage.prefix = f"{PREFIX}/{package}"  # type: ignore[attr-defined]
            for name in names:
                if not utils.matches_patterns(name, list(ignore_patterns or ())):
                    yield name, storage
