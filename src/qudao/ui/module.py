"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="ui",
    needs=("kernel",),
    jobs=("qudao.ui.progress",),
    journal_types={"ui.list.exported": _("List taken away as Excel")},
    urls="qudao.ui.urls",
)
