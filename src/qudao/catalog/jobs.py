"""What the worker does for the catalogue: one part of the device register, taken in and told of."""

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from qudao.catalog import operations
from qudao.kernel import blobs
from qudao.organisation import actors
from qudao.ui import progress

SALT = "catalog.register.result"


def take_in_register(run: progress.Run, *, digest: str, name: str, total: int) -> str:
    """Take in the kept file; the address that shows what it did. May run again: what is there stays."""
    now = timezone.now()
    actor = actors.of_reference(run.owner, now=now)
    with blobs.open(digest) as stream:
        done = operations.import_udi(stream, actor=actor, now=now)
    run.advance(done.read, total)
    told = {"name": name} | {key: getattr(done, key) for key in operations.UdiImport.COUNTS}
    return f"{reverse('udi_import')}?{urlencode({'done': signing.dumps(told, salt=SALT)})}"
