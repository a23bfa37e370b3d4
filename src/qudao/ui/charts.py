"""The table behind a chart: the same numbers, for whoever reads rather than looks, with the same links."""

from collections.abc import Mapping
from typing import Any


def table(option: Mapping[str, Any]) -> dict[str, Any] | None:
    """Head and rows of an ECharts option with one axis of categories; None for a chart of another shape.

    A point is a number, or {value, url} whose url leads to the rows behind it. The other axis names the unit.
    """
    axes = [_first(option.get(name)) for name in ("xAxis", "yAxis")]
    named = next((axis for axis in axes if axis.get("data")), None)
    series = [one for one in option.get("series", ()) if one.get("data")]
    if named is None or not series or any(len(one["data"]) > len(named["data"]) for one in series):
        return None
    unit = next((axis.get("name", "") for axis in axes if axis is not named), "")
    rows = [
        {"label": label, "cells": [_cell(one["data"], index) for one in series]}
        for index, label in enumerate(named["data"])
    ]
    return {"head": [one.get("name", "") for one in series], "unit": unit, "rows": rows}


def _first(axis: Any) -> Mapping[str, Any]:
    if isinstance(axis, list | tuple):
        axis = axis[0] if axis else None
    return axis or {}


def _cell(data: Any, index: int) -> dict[str, Any]:
    point = data[index] if index < len(data) else None
    url = point.get("url") if isinstance(point, Mapping) else None
    value = point.get("value") if isinstance(point, Mapping) else point
    return {"value": f"{value:,}" if isinstance(value, int | float) else value, "url": url}
