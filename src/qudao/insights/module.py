"""Manifest."""

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="insights",
    needs=("settlement",),
)
