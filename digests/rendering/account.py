"""The words of the mails about signing in, and the writing of the other rooms' letters (`core.post`).

Their facts lie sealed in the outbox (`digests.sealing`).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.sessions import device_in_words
from core.post import Facts, Words, kind_named
from digests import tokens
from digests.models import MailKind, OutgoingEmail
from digests.rendering.letters import Nothing, Written, compose, feedback_id, writes
from digests.sealing import Unreadable, open_seal


@writes(MailKind.ACCOUNT)
@writes(MailKind.LETTER)
def write_sealed_mails(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    written: dict[int, Written] = {}
    for mail in mails:
        with translation.override(mail.tongue):
            try:
                written[mail.pk] = _letter(mail, open_seal(mail.payload))
            except Unreadable as error:
                written[mail.pk] = Nothing(str(error))
    return written


def _letter(mail: OutgoingEmail, facts: Facts) -> Written:
    name = mail.payload["mail"]
    find = WORDS[name] if mail.kind == MailKind.ACCOUNT else kind_named(name).write
    words = find({**facts, "address": mail.to, "until": until(mail.worthless_after)})
    return compose(
        "account",
        {"subject_line": words.subject, "words": words, "why": words.why or _why(mail)},
        headers=feedback_id(mail.kind),
    )


def until(moment: datetime | None) -> str:
    """“10:32”, with the day if it is another one: a mail may come late, so it says when and not how long."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return date_format(local, "H:i")
    return _("%(time)s on %(day)s") % {"time": date_format(local, "H:i"), "day": date_format(local, "j F Y")}


def _why(mail: OutgoingEmail) -> str:
    if mail.person:
        return _("You get this mail because it is about your account. Mails like this cannot be switched off.")
    return _("You get this mail because somebody typed your address. We keep it for nothing else.")


def _sign_in_code(facts: Facts) -> Words:
    return Words(
        subject=_("Your code to sign in"),
        lead=_("Your code to sign in"),
        code=facts["code"],
        lines=[
            _("Type it on the page that asked for it. It works until %(until)s, once.") % facts,
            _(
                "Nobody of us will ever ask you for it. If you did not want to sign in, ignore this mail: without the "
                "code nobody gets in."
            ),
        ],
    )


def _confirm(facts: Facts) -> Words:
    other = _("If you did not give us this address, ignore this mail: nothing happens, and we send no more.")
    why = _("You get this mail because somebody gave this address for an account.")
    if "code" in facts:
        return Words(
            subject=_("Your code to confirm your address"),
            lead=_("Confirm that this address is yours"),
            code=facts["code"],
            lines=[_("Type it on the page that asked for it. It works until %(until)s.") % facts, other],
            why=why,
        )
    return Words(
        subject=_("Confirm your address"),
        lead=_("Confirm that this address is yours"),
        url=facts["activate_url"],
        action=_("Confirm this address"),
        lines=[_("Then you can sign in. The link works until %(until)s.") % facts, other],
        why=why,
    )


def _new_password(facts: Facts) -> Words:
    other = _("If you did not ask for this, ignore this mail: your password stays as it is.")
    if "code" in facts:
        return Words(
            subject=_("Your code to set a new password"),
            lead=_("Set a new password"),
            code=facts["code"],
            lines=[_("Type it on the page that asked for it. It works until %(until)s.") % facts, other],
        )
    return Words(
        subject=_("Set a new password"),
        lead=_("Set a new password"),
        url=facts["password_reset_url"],
        action=_("Set a new password"),
        lines=[_("The link works until %(until)s, once.") % facts, other],
    )


def _unknown(facts: Facts) -> Words:
    return Words(
        subject=_("There is no account with this address"),
        lead=_("There is no account with this address"),
        url=facts["signup_url"],
        action=_("Make an account"),
        before=[
            _("Somebody wanted to sign in, or to set a new password, with %(address)s. We know no such account.")
            % facts
        ],
        lines=[
            _("If it was you, you may have used another address; or make an account. If it was not, ignore this mail."),
        ],
    )


def _known(facts: Facts) -> Words:
    return Words(
        subject=_("You have an account already"),
        lead=_("You have an account already"),
        url=tokens.absolute(reverse("account_login")),
        action=_("Sign in"),
        before=[_("Somebody wanted to make an account with %(address)s, and there is one. Sign in with it.") % facts],
        lines=[_("If it was not you, ignore this mail: nothing has changed.")],
        second=(facts["password_reset_url"], _("Set a new password, if you do not know it")),
    )


def _news(subject: Callable[[], str], lead: Callable[[Facts], str]) -> Callable[[Facts], Words]:
    """Something about the account has changed; whoever did not do it must hear of it and know what to do."""

    def write(facts: Facts) -> Words:
        return Words(
            subject=subject(),
            lead=lead(facts),
            before=[
                _occasion(facts),
                _(
                    "If it was you, there is nothing to do. If it was not, set a new password at once: it signs "
                    "everybody else out. Then look through your account."
                ),
            ],
            url=tokens.absolute(reverse("account_reset_password")),
            action=_("It was not me: set a new password"),
        )

    return write


def _occasion(facts: Facts) -> str:
    at = timezone.localtime(datetime.fromisoformat(facts["at"])) if "at" in facts else None
    if at is None:
        return ""
    names = {
        "day": date_format(at, "j F Y"),
        "time": date_format(at, "H:i"),
        "ip": facts.get("ip") or _("an unknown address"),
        "browser": device_in_words(facts.get("user_agent", "")),
    }
    return _("It was done on %(day)s at %(time)s, from %(ip)s, with %(browser)s.") % names


# Nobody has an account with the address that it goes to.
TO_STRANGERS = "unknown_account"
WORDS: dict[str, Callable[[Facts], Words]] = {
    "login_code": _sign_in_code,
    "email_confirmation": _confirm,
    "email_confirmation_signup": _confirm,
    "password_reset_key": _new_password,
    "password_reset_code": _new_password,
    TO_STRANGERS: _unknown,
    "account_already_exists": _known,
    "password_reset": _news(
        lambda: _("Your password was set anew"),
        lambda facts: _("Your password was set anew, by a mail to this address"),
    ),
    "password_changed": _news(lambda: _("Your password was changed"), lambda facts: _("Your password was changed")),
    "password_set": _news(lambda: _("Your account has a password"), lambda facts: _("Your account has a password now")),
    "email_changed": _news(
        lambda: _("Your address was changed"),
        lambda facts: _("Your account has another address now: %(to_email)s in place of %(from_email)s") % facts,
    ),
    "email_deleted": _news(
        lambda: _("An address was taken off your account"),
        lambda facts: _("%(deleted_email)s was taken off your account") % facts,
    ),
    "account_connected": _news(
        lambda: _("Your council signs you in"),
        lambda facts: _("Your council’s own sign-in opens your account from now on"),
    ),
    "account_disconnected": _news(
        lambda: _("Your council no longer signs you in"),
        lambda facts: _("Your council’s own sign-in no longer opens your account"),
    ),
    "totp_activated": _news(
        lambda: _("Signing in asks for a second step"),
        lambda facts: _("Signing in asks for a code of an authenticator app from now on"),
    ),
    "totp_deactivated": _news(
        lambda: _("Signing in no longer asks for an app’s code"),
        lambda facts: _("Signing in no longer asks for a code of an authenticator app"),
    ),
    "recovery_codes_generated": _news(
        lambda: _("You have new recovery codes"),
        lambda facts: _("There are new recovery codes for your account; the old ones no longer work"),
    ),
    "webauthn_added": _news(
        lambda: _("A security key was added"), lambda facts: _("A security key or passkey was added to your account")
    ),
    "webauthn_removed": _news(
        lambda: _("A security key was removed"),
        lambda facts: _("A security key or passkey was removed from your account"),
    ),
}
