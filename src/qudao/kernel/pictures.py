"""Photos as they are kept: upright, and without what a camera writes into them.

A phone puts into a picture where it was taken, when, and with which device. None of it is needed to see what is
wrong with a carton, and the place of a person is nobody's business.
"""

import io

from PIL import Image, ImageOps

QUALITY = 90
# A picture is opened in memory; one of a camera with more points than this is halved until it is below.
SIDE, MOST_POINTS = 4096, 64_000_000


def bare(content: bytes) -> bytes:
    """A JPEG or PNG anew: turned as its orientation says, its colours as its profile says, and nothing else.

    A JPEG with sides far over `SIDE` is halved. Raises ValueError for what is no picture, is cut off, or has more
    than `MOST_POINTS`.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as sent:
            kind = "PNG" if sent.format == "PNG" else "JPEG"
            profile = sent.info.get("icc_profile")
            sent.draft(None, (SIDE, SIDE))
            if sent.width * sent.height > MOST_POINTS:
                raise ValueError
            picture = ImageOps.exif_transpose(sent)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError("no picture that can be read") from error
    # Comments and the like would go along with the picture.
    picture.info.clear()
    kept = io.BytesIO()
    more = {"quality": QUALITY} if kind == "JPEG" else {}
    picture.save(kept, kind, icc_profile=profile, **more)
    return kept.getvalue()
