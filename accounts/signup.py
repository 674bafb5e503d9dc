"""Sign-up that takes as long for an address with an account as for one without."""

from typing import Any

from allauth.account.forms import SignupForm
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest


class EvenSignupForm(SignupForm):
    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            # A new account's password is hashed, which is most of the work and could be measured.
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)
