"""Manifest."""

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="portal",
    needs=("settlement",),
)
