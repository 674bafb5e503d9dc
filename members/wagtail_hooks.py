"""Doors that Wagtail leaves open between organisations, and their guards.

A chooser must reach published pages of others (to link to them), never what others are still writing.
"""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from members.admin_views import choosable_pages
from members.domain_viewsets import EmailDomainViewSet
from members.sign_in_admin import SignInProviderViewSet
from members.viewsets import MembershipViewSet, OrganisationViewSet


@hooks.register("construct_page_chooser_queryset")
def only_what_may_be_chosen(pages: Any, request: HttpRequest) -> Any:
    # By number, because the search behind the chooser filters on indexed fields only.
    return pages.filter(pk__in=choosable_pages(request.user).values("pk"))


@hooks.register("register_admin_viewset")
def memberships() -> MembershipViewSet:
    return MembershipViewSet()


@hooks.register("register_admin_viewset")
def organisations() -> OrganisationViewSet:
    return OrganisationViewSet()


@hooks.register("register_admin_viewset")
def email_domains() -> EmailDomainViewSet:
    return EmailDomainViewSet()


@hooks.register("register_admin_viewset")
def sign_in_providers() -> SignInProviderViewSet:
    return SignInProviderViewSet()
