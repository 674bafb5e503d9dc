"""Every kind of mail with real data: `/cms/mail/previews/`. Nothing is sent, and no mail is stored."""

from dataclasses import dataclass
from email.header import decode_header, make_header
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from accounts.models import User
from digests.models import Deed, MailKind, OutgoingEmail
from digests.permissions import can_preview_as
from digests.rendering import Letter
from digests.rendering.previews import Preview, all_previews, find
from digests.services.sending import as_message
from digests.staff.access import for_mail_staff, note
from digests.staff.forms import PreviewForm
from digests.staff.mails import unsigned

# Gmail cuts a mail off at 102 KB of HTML.
LARGEST = 100 * 1024


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A preview without what would let its reader act for the person; or `why` there is none."""

    preview: Preview
    person: User
    letter: Letter | None = None
    why: str = ""


@for_mail_staff
@require_GET
def preview_list(request: HttpRequest) -> HttpResponse:
    """`/cms/mail/previews/`"""
    form = PreviewForm(request.GET)
    form.is_valid()
    here = urlencode({name: str(value) for name, value in request.GET.items() if name in form.fields and value})
    written = all_previews()
    rows = [{"kind": kind, "label": kind.label, "previews": written.get(kind, [])} for kind in MailKind]
    return render(
        request,
        "digests/staff/previews.html",
        {"title": _("Previews"), "icon": "desktop", "form": form, "here": here, "rows": rows},
    )


@for_mail_staff
@require_GET
def preview(request: HttpRequest, kind: str, variant: str) -> HttpResponse:
    """`/cms/mail/previews/<kind>/<variant>/?person=address&language=cy`"""
    form = PreviewForm(request.GET)
    form.is_valid()
    found = find(kind, variant)
    if found is None:
        raise Http404
    person: Any = form.cleaned_data.get("person") or request.user
    allowed = can_preview_as(request.user, person, private=found.private)
    context = {
        "title": f"{found.kind.label}: {found.label}",
        "icon": "desktop",
        "form": form,
        "person": person,
        "refused": not allowed,
        "others_url": f"{reverse('mail_previews')}?{request.GET.urlencode()}",
    }
    if allowed and not form.errors:
        shown = _shown(request, found, person, form.cleaned_data.get("language") or "")
        frame = reverse("mail_preview_html", args=[kind, variant])
        context |= {"shown": shown, "frame_url": f"{frame}?{request.GET.urlencode()}", **_facts(shown)}
    return render(request, "digests/staff/preview.html", context)


@for_mail_staff
@require_GET
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]  # its types know views without arguments only
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF],
        "font-src": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
    }
)
def preview_html(request: HttpRequest, kind: str, variant: str) -> HttpResponse:
    """The HTML part by itself, for a frame that runs nothing and leads nowhere."""
    form = PreviewForm(request.GET)
    found = find(kind, variant)
    if found is None or not form.is_valid():
        raise Http404
    person: Any = form.cleaned_data["person"] or request.user
    if not can_preview_as(request.user, person, private=found.private):
        raise PermissionDenied
    shown = _shown(request, found, person, form.cleaned_data["language"])
    if shown.letter is None:
        raise Http404
    return HttpResponse(shown.letter.html)


def _shown(request: HttpRequest, found: Preview, person: User, language: str) -> Shown:
    if person.pk != request.user.pk:
        note(by=request.user, what=Deed.PREVIEWED, person=person, address=person.email, words=f"{found.kind}")
    # A copy, so that nothing of the language is kept.
    reader = User.objects.select_related("mail_preference").get(pk=person.pk)
    reader.language = language or reader.language
    written = found.make(reader)
    if isinstance(written, Exception):
        return Shown(preview=found, person=person, why=_("It could not be written: %(why)r") % {"why": written})
    if not isinstance(written, Letter):
        return Shown(preview=found, person=person, why=written.why)
    letter = Letter(
        subject=written.subject,
        text=unsigned(written.text),
        html=unsigned(written.html),
        headers={name: unsigned(value) for name, value in written.headers.items()},
    )
    return Shown(preview=found, person=person, letter=letter)


def _facts(shown: Shown) -> dict[str, Any]:
    if shown.letter is None:
        return {}
    mail = OutgoingEmail(person=shown.person, message_id="<preview@localhost>")
    message = as_message(mail, shown.letter).message()
    hidden = {"Content-Type", "MIME-Version", "Message-ID", "Date"}
    return {
        "headers": [
            (name, str(make_header(decode_header(str(value))))) for name, value in message.items() if name not in hidden
        ],
        "whole": len(message.as_bytes()),
        "html": len(shown.letter.html.encode()),
        "too_large": len(shown.letter.html.encode()) > LARGEST,
    }
