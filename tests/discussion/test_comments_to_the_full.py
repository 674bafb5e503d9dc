"""Long threads, their order, quotations, earlier versions, the preview, and words that outlive a session."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import ratelimit
from discussion import selectors, services
from discussion.models import Comment, CommentVersion
from discussion.text import quoted, render
from moderation import services as moderation

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def write(page, by, body="Did anyone count the vouchers?", **more):
    return services.add_comment(page=page, body=body, by=by, **more)[0]


def flat(comments):
    return [pk for one in comments for pk in (one["id"], *(reply["id"] for reply in one["replies"]))]


def many(page, by, *, firsts, replies):
    """So many of the first level, the first of which has so many replies."""
    now = timezone.now()
    common = {"page": page, "author": by, "state": "published"}
    made = Comment.objects.bulk_create(
        [Comment(**common, body=f"{n}", created_at=now + timedelta(seconds=n)) for n in range(firsts)], batch_size=50
    )
    more = [
        Comment(**common, body=f"r{n}", parent=made[0], created_at=now + timedelta(hours=1, seconds=n))
        for n in range(replies)
    ]
    return [one.pk for one in made], [one.pk for one in Comment.objects.bulk_create(more, batch_size=50)]


def test_a_thread_of_more_than_five_hundred_comes_in_pages_and_every_link_to_one_finds_it(client, case_study, member):
    firsts, replies = many(case_study, member, firsts=300, replies=600)
    pages = [selectors.thread_page(page=case_study, user=NOBODY, number=number) for number in (1, 2)]
    assert [page.count for page in pages] == [900, 900]
    # The second begins within the replies to the first comment, so it begins with that comment.
    assert flat(pages[0].comments) == [firsts[0], *replies[:499]]
    assert flat(pages[1].comments) == [firsts[0], *replies[499:], *firsts[1:]]
    newest = selectors.thread_page(page=case_study, user=NOBODY, newest_first=True)
    assert flat(newest.comments)[:3] == firsts[:-4:-1]
    with CaptureQueriesContext(connection) as queries:
        selectors.thread_page(page=case_study, user=NOBODY, number=2)
    assert len(queries) <= 4
    for pk, number in ((firsts[0], 1), (replies[499], 2), (firsts[-1], 2)):
        response = client.get(reverse("comment", args=[pk]))
        where = f"{case_study.get_url()}{'?comments=2' if number == 2 else ''}#comment-{pk}"
        assert response["Location"] == where
    shown = client.get(f"{case_study.get_url()}?comments=2").content.decode()
    assert f'id="comment-{firsts[-1]}"' in shown
    assert f'id="comment-{replies[0]}"' not in shown
    assert 'aria-current="page"' in shown
    for nonsense in ("0", "99", "x", "-1"):
        assert client.get(f"{case_study.get_url()}?comments={nonsense}").status_code == 200


def test_the_order_is_offered_where_it_matters_and_keeps_replies_under_their_comment(client, case_study, member):
    first, second = write(case_study, member, "One"), write(case_study, member, "Two")
    assert "Newest first" not in client.get(case_study.get_url()).content.decode()
    third, reply = write(case_study, member, "Three"), write(case_study, member, "Answer", reply_to=second)
    page = client.get(f"{case_study.get_url()}?order=newest").content.decode()
    places = [page.index(f'id="comment-{one.pk}"') for one in (third, second, reply, first)]
    assert places == sorted(places)
    assert "Oldest first" in page


def test_what_a_comment_said_before_is_for_moderators_alone(client, case_study, member, moderator, newcomer):
    comment = write(case_study, member, "You are a fool")
    services.edit_comment(comment=comment, body="I disagree", by=member)
    address = reverse("comment_history", args=[comment.pk])
    for person, status in ((member, 404), (newcomer, 404), (moderator, 200)):
        client.force_login(person)
        response = client.get(address)
        assert response.status_code == status, person
        assert ("You are a fool" in response.content.decode()) == (person == moderator)
        assert (address in client.get(case_study.get_url()).content.decode()) == (person == moderator)
    services.edit_comment(comment=comment, body="I disagree", by=member)
    assert CommentVersion.objects.count() == 1, "the same words are no other version"
    services.delete_comment(comment=comment, by=member)
    assert not CommentVersion.objects.exists()


def test_what_was_reported_keeps_its_versions_until_a_moderator_has_looked(case_study, member, newcomer):
    comment = write(case_study, member, "You are a fool")
    services.edit_comment(comment=comment, body="I disagree", by=member)
    moderation.report(subject=comment, kind="abuse", by=newcomer)
    services.delete_comment(comment=comment, by=member)
    assert CommentVersion.objects.get().body == "You are a fool"


def test_lines_that_begin_with_a_mark_are_quotations(client, case_study, member, newcomer):
    assert render("> One\n> <b>two</b>\nMine") == (
        "<blockquote><p>One<br>&lt;b&gt;two&lt;/b&gt;</p></blockquote><p>Mine</p>"
    )
    assert quoted("One\n\n> older\n\nTwo") == "> One\n>\n> Two"
    comment = write(case_study, member, "Count the vouchers.\n> who said that")
    client.force_login(newcomer)
    address = reverse("comment_reply", args=[comment.pk])
    assert "quote=1" in client.get(address).content.decode()
    form = client.get(f"{address}?quote=1").context["form"]
    assert form["body"].value() == "> Count the vouchers.\n\n"


def test_a_preview_shows_the_words_as_others_would_see_them_and_sends_nothing(client, case_study, member):
    client.force_login(member)
    words = f"Look:\n\n- <b>one</b>\n- {case_study.get_full_url()}"
    response = client.post(reverse("comment_add", args=[case_study.pk]), {"body": words, "preview": "1"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "<li>&lt;b&gt;one&lt;/b&gt;</li>" in page
    assert "Market in an empty shop</a>" in page, "what it cites stands there by its title"
    assert "Nothing has been sent yet." in page
    assert words.replace("<b>one</b>", "&lt;b&gt;one&lt;/b&gt;") in page, "and in the field, to go on with"
    assert not Comment.objects.exists()
    comment = write(case_study, member, "Before")
    edited = client.post(reverse("comment_edit", args=[comment.pk]), {"body": "After", "preview": "1"})
    assert "After" in edited.content.decode()
    comment.refresh_from_db()
    assert comment.body == "Before"


def test_words_that_were_sent_after_the_session_had_ended_are_there_after_signing_in(client, case_study, member):
    where = reverse("comment_add", args=[case_study.pk])
    client.force_login(member)
    client.logout()
    response = client.post(where, {"body": "An hour’s work", "password": "hunter2"})
    assert response.status_code == 302
    assert response["Location"] == f"/account/login/?next={where}"
    assert "hunter2" not in str(dict(client.session))
    client.force_login(member)
    page = client.get(where)
    assert "An hour’s work" in page.content.decode()
    assert "We kept what you wrote" in page.content.decode()
    assert "An hour’s work" not in client.get(where).content.decode(), "once"
    assert not Comment.objects.exists()
    client.logout()
    client.post(reverse("ask_new"), {"title": "Who has tried it?", "body": "We have an empty shop."})
    client.force_login(member)
    assert "Who has tried it?" in client.get(reverse("ask_new")).content.decode()
    client.logout()
    client.post(where, {"body": "x" * 20_001})
    assert "kept_words" not in client.session


def test_who_writes_too_much_is_told_when_to_try_again(client, case_study, member):
    client.force_login(member)
    with time_machine.travel("2026-11-23 09:32:10+00:00", tick=False):
        for number in range(11):
            response = client.post(reverse("comment_add", args=[case_study.pk]), {"body": f"Comment {number}"})
    assert response.status_code == 429
    assert "You can send this one at 09:40." in response.content.decode()
    assert "Comment 10" in response.content.decode()
    with time_machine.travel("2026-11-23 23:30:10+00:00", tick=False):
        assert ratelimit.again_at(3600) == "00:00, 24 November"
