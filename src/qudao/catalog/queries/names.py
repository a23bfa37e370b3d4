"""Names of what trade is sorted by, in the reader's language."""

import dataclasses
from collections.abc import Mapping
from typing import Self

from django.utils.translation import get_language

from qudao.organisation import queries as organisation

from .products import list_lines


def line_names() -> dict[int, str]:
    """Product lines by id."""
    english = get_language() == "en"
    return {one.id: one.name_en if english and one.name_en else one.name for one in list_lines()}


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """Entities, regions and product lines by id; `serving` is the region that serves a province, by its code."""

    entities: Mapping[int, str]
    regions: Mapping[int, str]
    lines: Mapping[int, str]
    serving: Mapping[int, int]

    @classmethod
    def load(cls) -> Self:
        regions = organisation.list_regions()
        return cls(
            entities={one.id: one.short_name for one in organisation.list_entities()},
            regions={one.id: one.name for one in regions},
            lines=line_names(),
            serving={province: one.id for one in regions for province in one.provinces},
        )
