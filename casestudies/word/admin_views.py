"""`/cms/case-studies/import-word/`: from a Word file to a draft in two steps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casestudies.models import WordImport
from casestudies.word.forms import PreviewForm, WordFileForm
from casestudies.word.headings import TARGETS
from casestudies.word.reading import Understood
from casestudies.word.service import keep, start_from_word
from core.ratelimit import allow, visitor_key
from members.models import Organisation, Role

FILES_AN_HOUR = 30
ASKED_FOR = ("summary", "problem", "approach", "results", "did_not_work", "lessons", "cost_note", "contact")


def import_word(request: HttpRequest) -> HttpResponse:
    """Choose an organisation and a file."""
    organisations = Organisation.objects.listed().with_role(request.user, Role.AUTHOR, Role.LEAD)
    if not organisations.exists():
        raise PermissionDenied
    form = WordFileForm(organisations=organisations)
    if request.method == "POST":
        if not allow(f"word-import:{visitor_key(request)}", FILES_AN_HOUR, 3600):
            messages.error(request, _("That was a lot of files in an hour. Try again later."))
            return redirect("import_word")
        form = WordFileForm(request.POST, request.FILES, organisations=organisations)
        if form.is_valid():
            cleaned = form.cleaned_data
            kept = keep(
                understood=form.understood,
                organisation=cleaned["organisation"],
                file_name=cleaned["file"].name,
                by=request.user,  # type: ignore[arg-type]  # signed in, see above
            )
            return redirect("preview_word", kept.pk)
    context = {
        "form": form,
        "page_title": _("Start from a Word file"),
        "header_icon": "upload",
        "action_url": request.path,
        "start_url": reverse("start_case_study"),
    }
    return render(request, "casestudies/cms/import_word.html", context)


def preview_word(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was understood, field by field; nothing is a case study yet."""
    kept = WordImport.objects.of(request.user).select_related("organisation").filter(pk=pk).first()
    if kept is None:
        messages.warning(request, _("This preview is no longer kept. Choose the file again."))
        return redirect("import_word")
    understood = Understood.from_json(kept.content)
    form = PreviewForm(request.POST or None, understood=understood, file_name=kept.file_name)
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        page = start_from_word(
            kept=kept,
            title=form.cleaned_data["title"],
            summary=form.cleaned_data["summary"],
            targets=form.targets,
            by=request.user,  # type: ignore[arg-type]  # the document is its uploader's
        )
        messages.success(request, _("Your draft is ready. Nothing is published before it has been reviewed."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    return render(request, "casestudies/cms/preview_word.html", _preview_context(kept, understood, form))


def _preview_context(kept: WordImport, understood: Understood, form: PreviewForm) -> dict[str, Any]:
    composed = form.composed
    return {
        "form": form,
        "kept": kept,
        "composed": composed,
        "found": [TARGETS[name] for name in composed.filled if name != "other_text"],
        "not_found": [TARGETS[name] for name in ASKED_FOR if name not in composed.filled],
        "pictures": understood.pictures,
        "page_title": _("What we understood"),
        "header_icon": "doc-full-inverse",
        "action_url": reverse("preview_word", args=[kept.pk]),
    }
