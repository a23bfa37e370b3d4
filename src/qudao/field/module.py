"""Manifest."""

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="field",
    needs=("orders",),
)
