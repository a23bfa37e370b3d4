"""PDF documents: a typst template of the module that owns the document, filled from plain data.

The template reads `json(bytes(sys.inputs.data))`. Fonts come from the npm package named in `assets`, so that
the same document looks the same on every machine.
"""

import json
import pathlib
from collections.abc import Mapping
from typing import Any

import typst

from qudao.kernel.journal import canonical
from qudao.ui import assets

SHARED = pathlib.Path(__file__).parent / "documents"


def render(template: pathlib.Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of `template` (an absolute .typ path) with `data`.

    The template may import the shared pieces as "/ui/documents/page.typ". Output is reproducible: the same
    data gives the same bytes.
    """
    root = SHARED.parents[1]
    return typst.compile(
        str(template),
        root=str(root),
        font_paths=[str(folder) for folder in assets.pdf_font_folders()],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(canonical.plain(data), ensure_ascii=False)},
    )
