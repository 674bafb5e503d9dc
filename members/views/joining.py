"""A person's own way into an organisation: by their address, by asking, by an invitation."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import account_of_mailbox
from members import selectors, services
from members.errors import MembersError, NotWaiting
from members.forms import AskToJoinForm, FindForm, NewPersonForm
from members.models import Invitation, JoinRequest, Organisation
from members.permissions import can_ask_to_join
from members.services.domains import read_proof
from members.services.invitations import invitation_of, is_for
from members.views import people
from members.views.access import attempt, for_signed_in, posted, refused

MOST_FOUND = 30

leave = for_signed_in(require_http_methods(["GET", "POST"])(people.leave))


@for_signed_in
def join(request: HttpRequest) -> HttpResponse:
    """`/account/join/`: where one's address opens the door, and a search over the others."""
    person: Any = request.user
    words = request.GET.get("q", "")[:80].strip()
    found = Organisation.objects.joinable_by(person).listed().order_by("short_name")
    for word in words.split():
        found = found.filter(name__icontains=word)
    context = {
        "offers": selectors.organisations_by_address(person),
        "find": FindForm({"q": words}),
        "words": words,
        "found": found[:MOST_FOUND] if words else [],
    }
    return render(request, "members/join.html", context)


@for_signed_in
@require_http_methods(["GET", "POST"])
def join_council(request: HttpRequest, slug: str) -> HttpResponse:
    """`/account/join/<slug>/`: at once where the address says so, else by asking with a word why."""
    person: Any = request.user
    organisation = get_object_or_404(Organisation.objects.in_network().listed(), slug=slug)
    if not can_ask_to_join(person, organisation):
        messages.info(request, _("You belong to %(name)s already.") % {"name": organisation.name})
        return redirect("account_overview")
    by_address = organisation in selectors.organisations_by_address(person)
    form = AskToJoinForm(None if by_address else posted(request))
    if request.method == "POST" and by_address:
        done = _("You now belong to %(name)s.") % {"name": organisation.name}
        attempt(request, lambda: services.join_by_address(person=person, organisation=organisation), done=done)
        return redirect("account_overview")
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        done = _("Your request has been sent. You hear of the answer by mail.")
        attempt(request, lambda: services.ask_to_join(person=person, organisation=organisation, why=why), done=done)
        return redirect("account_overview")
    waiting = JoinRequest.objects.waiting().filter(person=person, organisation=organisation).first()
    context = {"organisation": organisation, "form": form, "by_address": by_address, "waiting": waiting}
    return render(request, "members/join_council.html", context, status=422 if form.errors else 200)


@for_signed_in
@require_POST
def withdraw_request(request: HttpRequest, pk: int) -> HttpResponse:
    """`/account/join-requests/<pk>/withdraw/`"""
    person: Any = request.user
    found = get_object_or_404(JoinRequest.objects.filter(person=person).select_related("organisation"), pk=pk)
    attempt(request, lambda: services.withdraw_request(request=found, by=person), done=_("Your request is withdrawn."))
    return redirect("account_overview")


@for_signed_in
@require_POST
def own_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """`/account/invitations/<pk>/`: accept or decline from one's account, where the address is proven already."""
    person: Any = request.user
    found = get_object_or_404(selectors.invitations_for(person), pk=pk)
    return _answer(request, found, person)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """`/account/invitation/<token>/`: what a link in the mail leads to. Looking changes nothing."""
    person: Any = request.user
    try:
        found = invitation_of(token)
    except NotWaiting as over:
        return render(request, "members/link_over.html", {"reason": str(over)}, status=410)
    context: dict[str, Any] = {"invitation": found, "organisation": found.organisation}
    if person.is_authenticated:
        context["mine"] = is_for(found, person)
        if request.method == "POST" and context["mine"]:
            return _answer(request, found, person)
        return render(request, "members/invitation.html", context)
    if EmailAddress.objects.filter(email__iexact=found.address, verified=True).exists():
        context["sign_in"] = f"{reverse('account_login')}?next={request.path}"
        return render(request, "members/invitation.html", context)
    form = NewPersonForm(posted(request), initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        return _open_account(request, found, form.cleaned_data["name"])
    status = 422 if form.errors else 200
    return render(request, "members/invitation.html", {**context, "form": form}, status=status)


def _open_account(request: HttpRequest, found: Invitation, name: str) -> HttpResponseBase:
    """The link was mailed to the address, so the address is proven. Signed in with a code from the next time on."""
    person = account_of_mailbox(address=found.address, language=(get_language() or "en")[:2])
    if not person.is_active:
        return refused(request, _("This account has been closed."))
    if not person.name:
        person.name = name
        person.save(update_fields=["name"])
    try:
        services.accept_invitation(invitation=found, person=person)
    except MembersError as problem:
        return refused(request, str(problem))
    messages.success(request, _("Welcome. You now belong to %(name)s.") % {"name": found.organisation.name})
    answer: HttpResponseBase = perform_login(
        request, person, email_verification="none", redirect_url=reverse("account_overview")
    )
    return answer


def _answer(request: HttpRequest, found: Invitation, person: Any) -> HttpResponse:
    if request.POST.get("do") == "decline":
        done = _("You have declined. Whoever invited you sees it.")
        attempt(request, lambda: services.decline_invitation(invitation=found, person=person), done=done)
    else:
        done = _("You now belong to %(name)s.") % {"name": found.organisation.name}
        attempt(request, lambda: services.accept_invitation(invitation=found, person=person), done=done)
    return redirect("account_overview")


@never_cache
@require_http_methods(["GET", "POST"])
def prove_domain(request: HttpRequest, token: str) -> HttpResponse:
    """`/account/domain/<token>/`: for whoever reads `postmaster@`; they need no account."""
    try:
        found, given = read_proof(token)
        if request.method == "POST":
            services.prove_domain(token=token)
            return render(request, "members/domain_proven.html", {"domain": found})
    except MembersError as over:
        return render(request, "members/link_over.html", {"reason": str(over)}, status=410)
    return render(request, "members/prove_domain.html", {"domain": found, "mailbox": given["to"]})
