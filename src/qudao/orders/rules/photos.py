"""Photos of damage, taken when goods are signed for."""

import dataclasses
from collections.abc import Sequence

from qudao.kernel import errors

MOST = 3
MOST_MB = 10
_MB = 1024 * 1024
# By what a file begins with, not by what it is called.
_BEGINS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


@dataclasses.dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it was sent; `name` as the device called it. `bare`: nothing of the device is left in it."""

    name: str
    content: bytes
    bare: bool = False

    @property
    def media_type(self) -> str:
        """image/jpeg or image/png; "" for anything else."""
        return next((media for begin, media in _BEGINS if self.content.startswith(begin)), "")


def check(photo: Photo) -> list[errors.Reason]:
    """What speaks against one picture."""
    name = photo.name[:60]
    if not photo.media_type:
        return [errors.Reason("orders.photo_kind", params={"name": name})]
    if len(photo.content) > MOST_MB * _MB and not photo.bare:
        size = f"{len(photo.content) / _MB:.1f}"
        return [errors.Reason("orders.photo_too_large", params={"name": name, "size": size, "most": MOST_MB})]
    return []


def check_all(photos: Sequence[Photo], *, different: bool) -> list[errors.Reason]:
    """What speaks against the pictures of one signing; `different` says that not all is signed for."""
    reasons = [reason for photo in photos for reason in check(photo)]
    reasons += check_number(len(photos))
    if photos and not different:
        reasons.append(errors.Reason("orders.photos_without_difference"))
    return reasons


def check_number(count: int) -> list[errors.Reason]:
    """What speaks against so many, before any of them is read."""
    return [errors.Reason("orders.too_many_photos", params={"most": MOST})] if count > MOST else []
