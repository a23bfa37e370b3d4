"""Sign-in rules over the library: nobody signs up, somebody lets them in."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignUp(DefaultAccountAdapter):
    """Accounts are made by an administrator or by admission, never by a form on the web."""

    def is_open_for_signup(self, request) -> bool:
        return False
