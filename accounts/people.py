"""Who asks."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def the_person(request: HttpRequest) -> User:
    """Who is signed in: behind `login_required`, or a check that asks as much, there always is somebody."""
    return cast(User, request.user)
