"""The second step of signing in: its one field, named so that no product's or partner's code is meant."""

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.utils.translation import gettext_lazy as _


class _OneTime:
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]
        field.label = _("One-time code")
        field.widget.attrs.pop("placeholder", None)


class SignIn(_OneTime, AuthenticateForm):
    pass


class Again(_OneTime, ReauthenticateForm):
    pass
