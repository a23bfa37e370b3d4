"""The journal's name and key."""

import os

from cryptography.hazmat.primitives.asymmetric import ed25519

from qudao.kernel import config
from qudao.kernel.journal import notes

NAME_VARIABLE = "QUDAO_JOURNAL_NAME"
DEFAULT_NAME = "qudao/journal"


def name() -> str:
    """The origin of checkpoints and the name of the key; a company puts its own host name in front."""
    return os.environ.get(NAME_VARIABLE) or DEFAULT_NAME


def signer() -> notes.Signer:
    """The key in QUDAO_JOURNAL_KEY; in development one made once, in a 0600 file of the home folder.

    Raises ConfigurationError when there is none, or the file stands open to others.
    """
    environ = dict(os.environ)
    if not environ.get(notes.KEY_VARIABLE):
        if config.production():
            raise config.ConfigurationError(
                f"{notes.KEY_VARIABLE} is not set: put there the base64 of a 32-byte Ed25519 seed, "
                "or the path of a file with mode 0600 that holds it"
            )
        environ[notes.KEY_VARIABLE] = config.private_file("journal_key", _seed)
    try:
        return notes.load_signer(name(), environ)
    except notes.NoteError as error:
        raise config.ConfigurationError(str(error)) from error


def _seed() -> str:
    return notes.encode(ed25519.Ed25519PrivateKey.generate().private_bytes_raw())
