"""The common passwords, also with a year, a sign or themselves behind them: twelve characters are soon filled up."""

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

# What this place suggests (NIST SP 800-63B asks to refuse the name of the service).
OF_THE_PLACE = {"connectedlocalism", "localism"}
FEWEST_SIGNS = 5


class NoCommonPasswordValidator(CommonPasswordValidator):
    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        letters = re.sub(r"[\W\d_]+", "", password.casefold())
        once = letters[: (letters + letters).find(letters, 1)]
        if len(set(password)) < FEWEST_SIGNS or {letters, once} & (self.passwords | OF_THE_PLACE):
            raise ValidationError(self.get_error_message(), code="password_too_common")
