"""Tests read messages in both languages, so the catalogues are compiled before Django starts."""

from qudao.kernel import translations


def compile_all() -> None:
    translations.compile_catalogues()
