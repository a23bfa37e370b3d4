"""Photos sent with a signature: kept by their content, named in the journal, seen by whoever sees the shipment."""

import hashlib
import io
from decimal import Decimal

import pytest
from django.conf import settings
from django.core import signing as core_signing
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from qudao.kernel import blobs, errors, journal, pictures, scope
from qudao.orders import models, operations, queries, queries_warehouse
from qudao.orders.operations import signing
from qudao.orders.rules import photos
from tests.browser import trading

NOW = trading.NOW


def picture(kind, *, orientation=0, number=0):
    """A small picture as a phone sends it, with where it was taken; `number` makes it another one."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Huawei"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (30.0, 16.0, 25.5)}
    )
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    drawn = Image.new("RGB", (32, 16), (0, 0, number))
    drawn.paste((255, 0, 0), (0, 0, 16, 16))
    sent = io.BytesIO()
    drawn.save(sent, kind, exif=exif, **({"comment": "康泽仓库"} if kind == "JPEG" else {}))
    return sent.getvalue()


PNG, JPEG = picture("PNG"), picture("JPEG")
KEPT_PNG, KEPT_JPEG = pictures.bare(PNG), pictures.bare(JPEG)


@pytest.fixture
def shipment(company):
    return trading.on_the_road(company, ("DS-035", "20"))


def sign(company, shipment, *sent, damaged=2):
    line = shipment.lines[0]
    arrived = [signing.Arrived(line.no, line.shipped - damaged, damaged=Decimal(damaged), reason="外箱破损")]
    return operations.sign_for(
        shipment_id=shipment.id,
        version=shipment.version,
        arrived=arrived,
        photos=sent,
        actor=trading.actor(company, "kangze"),
        now=NOW,
    )


def form(shipment, *sent, **more):
    line = shipment.lines[0]
    typed = {"version": shipment.version, "key": "sign-1"}
    typed |= {f"damaged_{line.no}": "2", f"reason_{line.no}": "外箱破损"}
    files = [SimpleUploadedFile(name, content) for name, content in sent]
    return typed | {"photo": files} | more


def kept(shipment):
    with scope.transaction(trading.SYSTEM):
        return queries_warehouse.photos_of(shipment.id, actor=trading.SYSTEM)


def test_photos_are_kept_by_content_and_named_in_the_journal(company, shipment):
    found = sign(company, shipment, photos.Photo("外箱.png", PNG), photos.Photo("标签.jpg", JPEG))
    assert found.status == "signed_with_difference"
    digests = [hashlib.sha256(content).hexdigest() for content in (KEPT_PNG, KEPT_JPEG)]
    assert [(one.no, one.digest, one.media_type) for one in kept(shipment)] == [
        (1, digests[0], "image/png"),
        (2, digests[1], "image/jpeg"),
    ]
    with blobs.open(digests[0]) as blob:
        assert blob.read() == KEPT_PNG
    trading.number()
    with scope.transaction(trading.SYSTEM):
        entries = journal.timeline(f"orders.shipment:{shipment.id}", trading.SYSTEM)
    [entry] = [one for one in entries if one.type == "orders.shipment.signed"]
    assert entry.data["photos"] == digests


@pytest.mark.parametrize(
    ("sent", "damaged", "code"),
    [
        ([photos.Photo("a.pdf", b"%PDF-1.7")], 2, "orders.photo_kind"),
        (
            [photos.Photo(f"{no}.png", picture("PNG", number=no)) for no in range(4)],
            2,
            "orders.too_many_photos",
        ),
        ([photos.Photo("a.jpg", JPEG[:200])], 2, "orders.photo_kind"),
        ([photos.Photo("a.png", PNG)], 0, "orders.photos_without_difference"),
    ],
)
def test_what_is_refused_changes_nothing(company, shipment, sent, damaged, code):
    with pytest.raises(errors.Refused, match=code):
        sign(company, shipment, *sent, damaged=damaged)
    assert kept(shipment) == []
    with scope.transaction(trading.SYSTEM):
        assert queries.get_shipment(shipment.id, actor=trading.SYSTEM).status == "shipped"


def test_the_page_takes_photos_and_shows_them_to_us_and_to_the_partner(browser, shipment):
    partner = browser("kangze")
    answer = partner.post(f"/shipments/{shipment.id}/sign/", form(shipment, ("外箱.png", PNG)))
    assert (answer.status_code, answer.url) == (302, f"/shipments/{shipment.id}/")
    for who in ("kangze", "zhoulan", "lianyou"):
        client = browser(who)
        assert f'src="/shipments/{shipment.id}/photos/1/"' in client.get(answer.url).content.decode()
        seen = client.get(f"/shipments/{shipment.id}/photos/1/")
        assert (seen.status_code, seen["Content-Type"]) == (200, "image/png")
        assert b"".join(seen.streaming_content) == KEPT_PNG
        assert client.get(f"/shipments/{shipment.id}/photos/2/").status_code == 404
    assert browser("renji").get(f"/shipments/{shipment.id}/photos/1/").status_code == 404


def test_a_refused_form_keeps_the_good_photos_and_names_the_bad_one(browser, shipment):
    partner = browser("kangze")
    address = f"/shipments/{shipment.id}/sign/"
    answer = partner.post(address, form(shipment, ("外箱.png", PNG), ("说明.pdf", b"%PDF-1.7")))
    text = answer.content.decode()
    assert answer.status_code == 422 and "说明.pdf" in text and kept(shipment) == []
    token = text.partition('name="photo_kept" value="')[2].partition('"')[0]
    again = partner.post(address, form(shipment, photo_kept=token))
    assert again.status_code == 302
    assert [one.digest for one in kept(shipment)] == [hashlib.sha256(KEPT_PNG).hexdigest()]


def test_a_photo_kept_by_somebody_else_is_not_taken(browser, shipment):
    text = browser("lianyou").post(
        f"/shipments/{shipment.id}/sign/", form(shipment, ("外箱.png", PNG), ("说明.pdf", b"%PDF-1.7"))
    )
    token = text.content.decode().partition('name="photo_kept" value="')[2].partition('"')[0]
    assert token
    answer = browser("kangze").post(f"/shipments/{shipment.id}/sign/", form(shipment, photo_kept=token))
    assert answer.status_code == 422
    with scope.everything():
        assert models.SignedPhoto.objects.count() == 0


def test_a_file_over_the_limit_leaves_what_was_typed_on_the_page(browser, shipment, monkeypatch):
    monkeypatch.setattr(settings, "UPLOAD_LIMIT", 10)
    answer = browser("kangze").post(f"/shipments/{shipment.id}/sign/", form(shipment, ("大.png", PNG)))
    text = answer.content.decode()
    assert answer.status_code == 422 and kept(shipment) == []
    assert f'name="damaged_{shipment.lines[0].no}" value="2"' in text and "文件过大" in text


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_is_kept_says_nothing_of_where_it_was_taken_and_stands_upright(company, shipment, kind):
    sent = picture(kind, orientation=6)  # held upright: to be turned by a quarter to the right
    with Image.open(io.BytesIO(sent)) as opened:
        assert opened.getexif().get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] == (30.0, 16.0, 25.5)
    sign(company, shipment, photos.Photo("外箱", sent))
    [found] = kept(shipment)
    with blobs.open(found.digest) as blob:
        content = blob.read()
    assert hashlib.sha256(content).hexdigest() == found.digest
    assert b"Huawei" in sent and b"Huawei" not in content and b"Exif" not in content
    with Image.open(io.BytesIO(content)) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == (kind, (16, 32), {})
        assert "comment" not in opened.info
        # What was on the left of the sensor is above.
        above, below = opened.convert("RGB").getpixel((8, 4)), opened.convert("RGB").getpixel((8, 27))
    assert above[0] > 200 and below[0] < 50


def test_what_waits_on_a_refused_form_is_bare_too(browser, shipment):
    text = browser("kangze").post(
        f"/shipments/{shipment.id}/sign/", form(shipment, ("外箱.jpg", JPEG), ("说明.pdf", b"%PDF-1.7"))
    )
    token = text.content.decode().partition('name="photo_kept" value="')[2].partition('"')[0]
    told = core_signing.loads(token, salt="orders.photo")
    with blobs.open(told["digest"]) as blob:
        assert blob.read() == KEPT_JPEG
