"""Reasons as they are stored beside a row; a reason may carry another as the why of its why."""

from collections.abc import Mapping
from typing import Any

from qudao.kernel import errors


def as_json(reason: errors.Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "line": reason.line,
        "params": {
            name: as_json(value) if isinstance(value, errors.Reason) else value
            for name, value in reason.params.items()
        },
        "severity": reason.severity,
    }


def from_json(stored: Mapping[str, Any]) -> errors.Reason:
    """The reason that `as_json` gave."""
    params = {
        name: from_json(value) if isinstance(value, dict) else value
        for name, value in stored["params"].items()
    }
    return errors.Reason(stored["code"], stored["line"], params, stored["severity"])
