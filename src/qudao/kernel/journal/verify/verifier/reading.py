"""Files and their forms: what has a second spelling is refused."""

import base64
import json
import os
import stat
from typing import Any, NoReturn


class Bad(Exception):
    """What is wrong, in words."""


def read(folder: str, name: str) -> bytes:
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise Bad(f"file {name}: is missing") from None
    except OSError as error:
        raise Bad(f"file {name}: cannot be read ({error.strerror})") from None


def read_text(folder: str, name: str) -> str:
    try:
        return read(folder, name).decode("utf-8")
    except UnicodeDecodeError:
        raise Bad(f"file {name}: is not UTF-8") from None


def list_files(folder: str) -> set[str]:
    """Names of all files below `folder`; anything that is neither file nor folder is refused."""
    found, pending = set(), [""]
    while pending:
        prefix = pending.pop()
        children = sorted(os.listdir(os.path.join(folder, prefix)))
        if prefix and not children:
            raise Bad(f"file {prefix}: is an empty folder, which no export has")
        for child in children:
            name = prefix + child
            mode = os.lstat(os.path.join(folder, name)).st_mode
            if stat.S_ISDIR(mode):
                pending.append(name + "/")
            elif stat.S_ISREG(mode):
                found.add(name)
            else:
                raise Bad(f"file {name}: is neither a file nor a folder")
    return found


def base64_bytes(text: str, where: str) -> bytes:
    """Base64 has many spellings; only the one that comes out again is accepted."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad(f"{where}: bad base64") from None
    if base64.b64encode(data).decode() != text:
        raise Bad(f"{where}: base64 in another spelling")
    return data


def canonical(value: Any) -> bytes:
    """RFC 8785 for JSON without fractions."""
    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, list):
        return [ordered(item) for item in value]
    return value


def integer(text: str) -> int:
    number = int(text)
    if abs(number) >= 2**53:
        raise ValueError("a number beyond 2**53")
    return number


def refuse_number(text: str) -> NoReturn:
    raise ValueError(f"the number {text}")


def parse(data: bytes, where: str) -> Any:
    """The JSON value of `data`, which must be its own canonical form."""
    try:
        value = json.loads(
            data.decode("utf-8"), parse_int=integer, parse_float=refuse_number, parse_constant=refuse_number
        )
        if canonical(value) == data:
            return value
    except (ValueError, RecursionError):
        raise Bad(f"{where}: is not well-formed JSON") from None
    raise Bad(f"{where}: is not in canonical form")
