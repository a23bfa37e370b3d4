"""Photos on their way in: checked, then made bare."""

import dataclasses

from qudao.kernel import errors, pictures
from qudao.orders.rules import photos


def take(photo: photos.Photo) -> photos.Photo:
    """The photo as it is kept; one that is bare already is left as it is. Raises Refused for what is none."""
    if photo.bare:
        return photo
    errors.raise_if_refused(photos.check(photo))
    try:
        content = pictures.bare(photo.content)
    except ValueError as error:
        raise errors.refuse("orders.photo_kind", name=photo.name[:60]) from error
    return dataclasses.replace(photo, content=content, bare=True)
