"""Following the councils that are like one: what brings news, what does not, where the button is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from digests import audit, services, similar, targets
from digests.models import Follow
from members.models import SimilarOrganisation
from tests import factories
from tests.digests.helpers import publish, send_now, text_of

pytestmark = pytest.mark.django_db


def alike(one, *others):
    SimilarOrganisation.objects.filter(organisation=one).delete()
    SimilarOrganisation.objects.bulk_create(
        SimilarOrganisation(organisation=one, other=other, rank=rank, score=1 / (rank + 1))
        for rank, other in enumerate(others, start=1)
    )


@pytest.fixture
def twin():
    return factories.organisation("Rochdale")


@pytest.fixture
def stranger():
    return factories.organisation("Cornwall")


@pytest.fixture
def follow(reader, council, twin):
    alike(council, twin)
    return services.follow(person=reader, target=("councils_like", council.pk))


def test_what_similar_councils_publish_is_news_once_with_the_reason(follow, reader, council, twin, stranger):
    factories.case_study(twin, title="A market hall")
    factories.case_study(stranger, title="A harbour")
    factories.case_study(council, title="Our own")
    (message,) = send_now()
    text = " ".join(text_of(message).split())
    assert "A market hall" in text
    assert "councils like Stockport" in text
    assert "A harbour" not in text
    assert "Our own" not in text


def test_with_another_follow_it_comes_once_with_both_reasons(follow, reader, topic, twin):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(twin, title="A market hall", topics=[topic])
    (message,) = send_now()
    text = " ".join(text_of(message).split())
    assert text.count("A market hall") == 1
    assert "Empty shops" in text
    assert "councils like Stockport" in text


def test_a_change_is_no_news_and_a_draft_is_none(follow, twin):
    page = factories.case_study(twin, title="A market hall")
    factories.case_study(twin, title="Not yet", live=False)
    assert len(send_now()) == 1
    publish(page, title="A market hall, changed")
    assert send_now() == []


def test_members_text_stays_with_members(follow, twin):
    factories.case_study(twin, title="Open title", audience="members", problem="<p>Members only words</p>")
    (message,) = send_now()
    assert "Open title" in text_of(message)
    assert "Members only words" not in message.as_string()


def test_only_the_ten_nearest_with_a_page_count(reader, council):
    others = [factories.organisation(f"Council {n}") for n in range(12)]
    others[0].page.unpublish()
    alike(council, *others)
    services.follow(person=reader, target=("councils_like", council.pk))
    for n in (10, 11):
        factories.case_study(others[n], title=f"From number {n}")
    assert similar.NEAREST == 10
    (message,) = send_now()
    assert "From number 10" in text_of(message)
    assert "From number 11" not in text_of(message)


def test_planning_costs_the_same_for_one_followed_council_and_for_ten(council, twin, stranger):
    def cost(organisations):
        Follow.objects.all().delete()
        for one in organisations:
            services.follow(person=factories.UserFactory(), target=("councils_like", one.pk))
        factories.case_study(twin)
        deliver_all(only="digests")
        with CaptureQueriesContext(connection) as asked:
            services.plan_now(cadence="weekly")
        return len(asked)

    from core.delivery import deliver_all

    more = [factories.organisation(f"Council {n}") for n in range(9)]
    deliver_all()  # likeness is worked out anew when an organisation joins
    for one in [council, *more]:
        alike(one, twin, stranger)
    cost([council])
    assert cost([council]) == cost([council, *more])


def test_it_can_be_followed_where_somebody_is_like_it_and_nowhere_else(council, twin, stranger, reader):
    alike(council, twin)
    assert targets.load_one("councils_like", council.pk).title == "Councils like Stockport"
    assert targets.load_one("councils_like", council.pk).url.endswith("/councils/stockport/#councils-like")
    assert targets.load_one("councils_like", stranger.pk) is None
    twin.page.unpublish()
    assert targets.load_one("councils_like", council.pk) is None


def test_the_button_stands_where_the_councils_like_it_stand(client, reader, council, twin, stranger):
    for one in (council, twin, stranger):
        for name, value in {"tier": "metropolitan", "population": 290000, "nation": "England", "density": 2000}.items():
            setattr(one, name, value)
        one.save()
    alike(council, twin)
    html = client.get(council.page.url).content.decode()
    assert f"{reverse('follow_new')}?kind=councils_like&amp;id={council.pk}" in html
    assert "Follow councils like Stockport" in html
    assert "Follow councils like" not in client.get(stranger.page.url).content.decode()
    html = client.get(f"/search/?like={council.slug}&sort=similar").content.decode()
    assert f"{reverse('follow_new')}?kind=councils_like&amp;id={council.pk}" in html
    client.force_login(reader)
    client.post(reverse("follow"), {"kind": "councils_like", "id": council.pk})
    assert "Councils like Stockport" in client.get(reverse("following")).content.decode()
    assert (
        'Following<span class="govuk-visually-hidden"> councils like Stockport'
        in client.get(council.page.url).content.decode()
    )


def test_a_visitor_follows_it_by_mail_address(client, council, twin):
    alike(council, twin)
    html = client.get(f"{reverse('follow_new')}?kind=councils_like&id={council.pk}").content.decode()
    assert "Follow councils like Stockport" in html


def test_when_nobody_is_like_it_any_more_the_audit_ends_it(follow, council):
    SimilarOrganisation.objects.all().delete()
    assert [(one.what, one.count) for one in audit.examine()] == [("follows of something that is gone", 1)]
    audit.repair()
    follow.refresh_from_db()
    assert follow.ended_reason == "gone"
