"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="shell",
    navigation=(manifest.Entry("", _("My to-dos"), "home", "checklist", "", order=2),),
)
