"""Answering whether it is still true and how it goes: from a mail without signing in, or signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from casestudies.errors import AdoptionError
from digests import questions, tokens
from digests.models import MailKind, OutgoingEmail
from digests.question_forms import STILL, form_for
from digests.questions import Question
from digests.services.answers import give_answer
from digests.views import private
from members.errors import MembersError


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def answer_questions(request: HttpRequest, token: str) -> HttpResponse:
    """`/account/still-true/<token>/`: a GET shows what is asked, so a link scanner answers nothing; a POST answers.

    No cookie, no login, no CSRF token: the signature says who it is, and whether they may is asked again every time.
    """
    try:
        mail = _mail(tokens.read_answer(token))
        about = _named(request, mail) if request.method == "POST" else ""
    except tokens.Expired:
        return render(request, "digests/answer_expired.html", status=410)
    except tokens.Forged:
        return render(request, "digests/link_broken.html", status=404)
    asked = (mail.reader.pk, mail.payload["case_studies"], mail.payload["adoptions"])
    (found,) = questions.of_mails([asked]) if mail.reader.is_active else ([],)
    question = next((one for one in found if one.anchor == about), None)
    if not found or (about and question is None):
        return render(request, "digests/answer_gone.html", status=403)
    bound: dict[str, Any] = {}
    if question and answered(request, question, mail.reader, bound):
        return redirect(f"{request.path}#{about}")
    return _page(request, found, bound, gone=len(asked[1]) + len(asked[2]) - len(found))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_case_studies(request: HttpRequest) -> HttpResponse:
    """`/account/still-true/`: everything due that this person may answer."""
    person: Any = request.user
    found, more = questions.of_person(person)
    bound: dict[str, Any] = {}
    if request.method == "POST":
        about = request.POST.get("about", "")
        question = next((one for one in found if one.anchor == about), None)
        if question is None:
            messages.info(request, _("Nobody has to answer this any more."))
            return redirect("confirm_case_studies")
        if answered(request, question, person, bound):
            messages.success(request, _("Thank you. Your answer to “%(title)s” is kept.") % {"title": question.title})
            return redirect("confirm_case_studies")
    return _page(request, found, bound, more=more, signed_in=True)


def answered(request: HttpRequest, question: Question, person: User, bound: dict[str, Any]) -> bool:
    """Keep the answer, or put the form with what is wrong into `bound`. Unknown answers are not there."""
    do = request.POST.get("do", "")
    form = form_for(question, None if do == STILL else request.POST)
    if do != STILL and not form.is_valid():
        bound[question.anchor] = form
        return False
    try:
        give_answer(question=question, do=do, data=getattr(form, "cleaned_data", {}), by=person)
    except ValidationError as error:
        for name, words in error.message_dict.items():
            form.add_error(name if name in form.fields else None, words)
        bound[question.anchor] = form
        return False
    except (MembersError, AdoptionError) as error:
        # The right went between the question and the answer.
        raise PermissionDenied(str(error)) from error
    except LookupError as error:
        raise Http404 from error
    return True


def _mail(wanted: tokens.Answer) -> OutgoingEmail:
    """The mail of a signed link. Raises `tokens.Forged` when there is none to that person."""
    mails = OutgoingEmail.objects.filter(kind=MailKind.QUESTION, person=wanted.person).select_related("person")
    mail = mails.filter(pk=wanted.mail).first()
    if mail is None:
        raise tokens.Forged
    return mail


def _named(request: HttpRequest, mail: OutgoingEmail) -> str:
    """Which question the answer is for. Raises `tokens.Forged` when this mail did not ask it."""
    about = request.POST.get("about", "")
    if about not in questions.anchors(mail.payload["case_studies"], mail.payload["adoptions"]):
        raise tokens.Forged
    return about


def _page(request: HttpRequest, found: list[Question], bound: dict[str, Any], **more: Any) -> HttpResponse:
    rows = [
        {"question": one, "form": bound.get(one.anchor) or form_for(one), "wrong": one.anchor in bound} for one in found
    ]
    context = {"rows": rows, "left": sum(one.open for one in found), **more}
    return render(request, "digests/answers.html", context, status=422 if bound else 200)
