"""Signing with the paper at hand: the scan is kept, and its digest is what the version cites."""

import datetime as dt

from qudao.kernel import blobs, errors, scope
from qudao.kernel import models as kernel
from qudao.pricing import queries

from . import contracts, writing

# What a scanner or a telephone makes, by the first bytes.
MEDIA = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def sign_version(
    *,
    version_id: int,
    signed_by: str,
    countersigned_by: str,
    paper: bytes,
    filename: str,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.VersionView:
    """Put a draft into effect with the scan of the signed paper, which is kept beside it.

    Raises Refused `pricing.paper_unreadable` for what is no PDF, JPEG or PNG; else as `put_into_effect`.
    Nothing is changed then.
    """
    actor.require(writing.SIGN)
    media = next((name for start, name in MEDIA if paper.startswith(start)), None)
    if media is None:
        raise errors.refuse("pricing.paper_unreadable", filename=filename)
    digest = blobs.put(paper)
    with scope.transaction(actor, acting=True):
        view = contracts.put_into_effect(
            version_id=version_id,
            signed_by=signed_by,
            countersigned_by=countersigned_by,
            document_digest=digest,
            actor=actor,
            now=now,
        )
        # Two versions may be signed on one sheet.
        if queries.find_stored_file(digest, node_id=view.node_id, actor=actor) is None:
            kernel.StoredFile.objects.create(
                digest=digest,
                node_id=view.node_id,
                name=filename[:255],
                media_type=media,
                size=len(paper),
                purpose=queries.PAPER_PURPOSE,
                stored_at=now,
                stored_by=actor.ref,
            )
    return view
