"""The environment, read in one place. A wrong value stops the program with words, never silently."""

import hashlib
import os
import pathlib
import secrets


class ConfigurationError(Exception):
    """The program cannot start as configured; the message says which variable and what to put there."""


PROJECT_ROOT = pathlib.Path(__file__).resolve().parents[3]


def home() -> pathlib.Path:
    """The folder for what the program keeps: secrets, blobs, logs (QUDAO_HOME).

    A checkout keeps it in its own `var/`; an installed package in the person's data folder.
    """
    chosen = os.environ.get("QUDAO_HOME")
    if chosen:
        path = pathlib.Path(chosen).expanduser().resolve()
    elif (PROJECT_ROOT / "pyproject.toml").is_file():
        path = PROJECT_ROOT / "var"
    else:
        path = pathlib.Path("~/.local/share/qudao").expanduser()
    path.mkdir(parents=True, exist_ok=True)
    return path


def home_hash() -> str:
    """A short name for this home, for paths that must stay short (sockets) or apart (shared folders)."""
    return hashlib.sha256(str(home()).encode()).hexdigest()[:12]


def flag(name: str, default: bool) -> bool:
    """A yes/no variable."""
    value = os.environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ConfigurationError(f"{name} is {value!r}: put 1 or 0 there")


def whole_number(name: str, default: int, *, lowest: int = 0) -> int:
    value = os.environ.get(name, "").strip()
    if value == "":
        return default
    if not value.isdigit() or int(value) < lowest:
        raise ConfigurationError(f"{name} is {value!r}: put a whole number of at least {lowest} there")
    return int(value)


def names(name: str) -> list[str] | None:
    """A comma-separated list, None when the variable is not set."""
    value = os.environ.get(name)
    return None if value is None else [part.strip() for part in value.split(",") if part.strip()]


def production() -> bool:
    return flag("QUDAO_PRODUCTION", default=False)


def secret_key() -> str:
    """The signing key of sessions: from QUDAO_SECRET_KEY, in development from a 0600 file made once."""
    value = os.environ.get("QUDAO_SECRET_KEY", "")
    if value:
        if len(value) < 50:
            raise ConfigurationError("QUDAO_SECRET_KEY is too short: put at least 50 random characters there")
        return value
    if production():
        raise ConfigurationError("QUDAO_SECRET_KEY is not set: production needs 50 random characters there")
    return private_file("secret_key", lambda: secrets.token_urlsafe(64))


def private_file(name: str, make) -> str:
    """The text of a 0600 file in the home folder, made once by `make()`.

    Written aside and linked into place, so that two programs starting together agree on one text.
    """
    path = home() / name
    if not path.exists():
        draft = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as handle:
            handle.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"{path} can be read by others: run chmod 600 on it")
    return path.read_text().strip()
