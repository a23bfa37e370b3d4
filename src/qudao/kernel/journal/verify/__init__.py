"""What an auditor takes home: `python -I verify.pyz DIR` (see `__main__`). This file stays here."""

from .verifier.export import verify
from .verifier.reading import Bad

__all__ = ["Bad", "verify"]
