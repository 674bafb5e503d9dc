"""Mail written to files, one `.eml` a message, for an installation that sends none."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmlFileBackend(BaseEmailBackend):
    """Write each message whole or not at all, so that a reader never opens half of one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(getattr(settings, "EMAIL_FILE_PATH", settings.VAR_DIR / "mail"))

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}.eml"
            draft = self.folder / f".{name}"
            draft.write_bytes(message.message().as_bytes())
            draft.rename(self.folder / name)
        return len(email_messages)
