"""A person's own account."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts import second_step
from accounts import sessions as signed_in
from accounts.forms import ProfileForm
from accounts.people import the_person


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """`/account/`: name and language here; email, password and second step on their own pages."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account_overview")
    return render(request, "account/overview.html", {"form": form})


@login_required
def set_up_second_step(request: HttpRequest) -> HttpResponse:
    """`/account/second-step/`: why it is needed and how it is done; once it is, on to where they were going."""
    asked = request.GET.get("next", "")
    # Only a path: `redirect` would take other words for the name of an address.
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        request.session["second_step_next"] = asked
    if not second_step.is_missing(request):
        return redirect(request.session.pop("second_step_next", "mfa_index"))
    ways = get_adapter().get_reauthentication_methods(request.user) if second_step.has_one(the_person(request)) else []
    return render(
        request,
        "account/second_step.html",
        {"ways": [way for way in ways if way["id"].startswith("mfa")], "here": request.path},
    )


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """`/account/sessions/`: where one is signed in, and an end to any of it."""
    here, person = request.session.session_key, the_person(request)
    if request.method == "POST":
        match request.POST.get("end"):
            case "everywhere":
                signed_in.end_every_session(person=person)
                logout(request)
                messages.success(request, _("You are signed out everywhere."))
                return redirect("account_login")
            case "others":
                signed_in.end_other_sessions(person=person, current=here)
                messages.success(request, _("You are signed out everywhere else."))
            case one if one and one.isdecimal():
                signed_in.end_session(person=person, pk=int(one))
                messages.success(request, _("Signed out there."))
        return redirect("account_sessions")
    return render(request, "account/sessions.html", {"sessions": signed_in.sessions_of(person=person, current=here)})
