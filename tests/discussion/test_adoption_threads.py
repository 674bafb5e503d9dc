"""The short thread of an adoption, and the badges that records give."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from core.models import Event
from digests import stories
from discussion import services
from discussion.errors import NotAllowed
from discussion.models import Comment
from discussion.permissions import can_see, comments_visible_to
from members.services import end_membership
from tests import factories
from tests.discussion.helpers import thread_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def adopter(db):
    return factories.organisation("Kirklees")


@pytest.fixture
def adoption(case_study, adopter):
    return factories.adoption(case_study, adopter)


def write(by, case_study, adoption=None, **more):
    comment = services.add_comment(page=case_study, adoption=adoption, body=f"Word of {by.pk}", by=by, **more)[0]
    Comment.objects.filter(pk=comment.pk).update(state="published")
    return comment


def shown(case_study, **more):
    from django.contrib.auth.models import AnonymousUser

    return thread_of(page=case_study, user=AnonymousUser(), **more)


# --- the thread ---------------------------------------------------------------------------------


def test_the_thread_of_an_adoption_is_apart_from_the_pages(case_study, adoption, member, newcomer):
    on_page, on_adoption = write(newcomer, case_study), write(member, case_study, adoption)
    reply = write(newcomer, case_study, reply_to=on_adoption)
    assert reply.adoption == adoption
    assert [one["id"] for one in shown(case_study)] == [on_page.pk]
    thread = shown(case_study, adoption=adoption)
    assert [(one["id"], [two["id"] for two in one["replies"]]) for one in thread] == [(on_adoption.pk, [reply.pk])]


def test_who_wrote_the_original_may_comment_on_its_adoption(client, council, adoption, case_study):
    client.force_login(factories.member(council, "author"))
    address = reverse("adoption", args=[adoption.pk])
    form = BeautifulSoup(client.get(address).content, "html.parser").find(id="comments").form
    response = client.post(form["action"], {"body": "Glad that you tried it."})
    comment = Comment.objects.get()
    assert (comment.page_id, comment.adoption) == (case_study.pk, adoption)
    assert response["Location"] == f"{address}#comment-{comment.pk}"
    event = Event.objects.get(kind="comment.published")
    assert {("adoption", adoption.pk), ("case_study", case_study.pk)} <= {
        (one.kind, one.object_id) for one in event.targets.all()
    }
    assert stories.load([event])[event.pk].url == response["Location"]


def test_the_thread_goes_and_comes_with_its_adoption(case_study, adoption, member, newcomer):
    comment = write(member, case_study, adoption)
    event = Event.objects.get(kind="comment.published")
    adoption.state = "hidden"
    adoption.save()
    comment = Comment.objects.get(pk=comment.pk)
    assert shown(case_study, adoption=adoption) == []
    assert not can_see(newcomer, comment)
    assert not comments_visible_to(newcomer).exists()
    assert stories.load([event]) == {}
    with pytest.raises(NotAllowed):
        services.add_comment(page=case_study, adoption=adoption, body="Hello", by=member)


def test_a_comment_stands_on_an_adoption_of_its_own_page(council, case_study, adoption, member):
    with pytest.raises(NotAllowed):
        services.add_comment(page=factories.case_study(council), adoption=adoption, body="Hello", by=member)


def test_the_thread_of_a_members_adoption_is_for_members(client, council, adopter, newcomer, member):
    page = factories.case_study(council, audience="members")
    adoption = factories.adoption(page, adopter)
    address = reverse("comment_on_adoption", args=[adoption.pk])
    comment = write(member, page, adoption)
    for person, status in ((newcomer, 404), (factories.member(adopter), 302)):
        client.force_login(person)
        assert client.post(address, {"body": f"Hello from {person.pk}"}).status_code == status
        assert can_see(person, comment) == comments_visible_to(person).filter(pk=comment.pk).exists() == (status == 302)


# --- badges -------------------------------------------------------------------------------------


def badges(case_study, **more):
    return {one["author"]: one["badges"] for one in shown(case_study, **more)}


def test_badges_come_from_memberships_and_adoptions(case_study, council, adopter, adoption):
    people = {
        "Lead": factories.member(council, "lead", name="Lead"),
        "Approver": factories.member(council, "approver", name="Approver"),
        "Colleague": factories.member(council, "member", name="Colleague"),
        "Adopter": factories.member(adopter, "member", name="Adopter"),
        "Other": factories.member(factories.organisation("Wigan"), "lead", name="Other"),
    }
    for person in people.values():
        write(person, case_study)
    assert badges(case_study) == {
        "Lead": ["Team"], "Approver": ["Team"], "Colleague": [], "Adopter": ["Adopter"], "Other": [],
    }  # fmt: skip


def test_a_badge_ends_with_the_membership_and_with_the_adoption(case_study, council, adopter, adoption):
    lead, officer = factories.member(council, "lead", name="Lead"), factories.member(adopter, name="Officer")
    for person in (lead, officer):
        write(person, case_study)
    end_membership(membership=lead.memberships.get(), by=None)
    assert badges(case_study) == {"Lead": [], "Officer": ["Adopter"]}
    for state in ("held", "published", "hidden", "removed"):
        adoption.state = state
        adoption.save()
        assert badges(case_study)["Officer"] == (["Adopter"] if state == "published" else []), state


def test_an_adoption_of_another_case_study_gives_no_badge(case_study, council, adopter):
    factories.adoption(factories.case_study(council), adopter)
    write(factories.member(adopter, name="Officer"), case_study)
    assert badges(case_study) == {"Officer": []}


def test_replies_and_threads_of_adoptions_have_badges_too(case_study, council, adopter, adoption):
    lead, officer = factories.member(council, "lead", name="Lead"), factories.member(adopter, name="Officer")
    first = write(officer, case_study, adoption)
    write(lead, case_study, reply_to=first)
    [told] = shown(case_study, adoption=adoption)
    assert (told["badges"], told["replies"][0]["badges"]) == (["Adopter"], ["Team"])


def test_badges_cost_no_query(case_study, adopter, adoption, django_assert_num_queries):
    for number in range(20):
        write(factories.member(adopter, name=f"Officer {number}"), case_study)
    case_study.refresh_from_db()
    with django_assert_num_queries(1):
        assert all(one["badges"] == ["Adopter"] for one in shown(case_study))
