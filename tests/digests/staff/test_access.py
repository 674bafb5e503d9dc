"""Who gets to the staff's pages about mail: those who keep it going, and nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from digests import wagtail_hooks
from digests.permissions import can_look_after_mail
from members.permissions import is_member
from members.services import end_membership
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    council = factories.organisation("Stockport")
    lapsed = factories.member(council, "author")
    end_membership(membership=lapsed.memberships.get(), by=None)
    return {
        "visitor": AnonymousUser(),
        "subscriber": factories.UserFactory(),
        "lapsed": lapsed,
        **{role: factories.member(council, role) for role in ("member", "author", "approver", "lead")},
        "moderator": factories.UserFactory(moderator=True),
        "editor": factories.UserFactory(editor=True),
        "gone": factories.UserFactory(operator=True, is_active=False),
        "operator": factories.UserFactory(operator=True),
        "administrator": factories.UserFactory(administrator=True),
    }


def test_operations_and_administrators_look_after_mail_and_nobody_else(people):
    may = {role for role, person in people.items() if can_look_after_mail(person)}
    assert may == {"operator", "administrator"}


def test_looking_after_mail_is_no_right_to_read_what_is_for_members(people):
    assert not is_member(people["operator"])


VALUES = {"pk": 1, "do": "again", "kind": "digest", "variant": "ordinary"}


def _routes():
    for pattern in wagtail_hooks.urls():
        names = {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
        yield reverse(pattern.name, kwargs={name: VALUES[name] for name in names})


def test_every_address_is_shut_to_everybody_else(people):
    for role in sorted(set(people) - {"operator", "administrator"}):
        client = Client()
        if role not in {"visitor", "gone"}:
            client.force_login(people[role])
        for address in _routes():
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code in {302, 403}, (role, address, answer.status_code)
                assert answer.status_code == 403 or answer["Location"].startswith(("/account/login/", "/cms/")), address


def test_the_menu_shows_mail_to_those_who_may(people):
    for role in ("operator", "administrator", "moderator"):
        client = Client()
        client.force_login(people[role])
        assert ("/cms/mail/" in client.get("/cms/").content.decode()) is (role != "moderator"), role


def test_nothing_of_it_is_kept_by_a_cache(client, operator):
    assert {"private", "no-store"} <= set(client.get(reverse("mail_runs"))["Cache-Control"].split(", "))
