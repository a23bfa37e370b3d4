"""Photos of damage: what a picture is, how large, how many, and only with a difference."""

import pytest

from qudao.orders.rules import photos

JPEG, PNG = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"


def codes(*sent, different=True):
    return [reason.code for reason in photos.check_all(sent, different=different)]


@pytest.mark.parametrize(
    ("content", "media"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (b"%PDF-1.7", ""), (b"<svg/>", "")]
)
def test_a_picture_is_known_by_what_it_begins_with(content, media):
    photo = photos.Photo("外箱.jpg", content)
    assert photo.media_type == media
    assert codes(photo) == ([] if media else ["orders.photo_kind"])


def test_ten_megabytes_are_taken_and_a_byte_more_is_not():
    limit = photos.MOST_MB * 1024 * 1024
    assert codes(photos.Photo("a.jpg", JPEG.ljust(limit, b"\0"))) == []
    assert codes(photos.Photo("a.jpg", JPEG.ljust(limit + 1, b"\0"))) == ["orders.photo_too_large"]


def test_three_are_taken_and_a_fourth_is_not():
    sent = [photos.Photo(f"{no}.png", PNG + bytes([no])) for no in range(4)]
    assert codes(*sent[:3]) == []
    assert codes(*sent) == ["orders.too_many_photos"]


def test_a_photo_shows_a_difference_that_is_said():
    assert codes(photos.Photo("a.jpg", JPEG), different=False) == ["orders.photos_without_difference"]
    assert codes(different=False) == []
