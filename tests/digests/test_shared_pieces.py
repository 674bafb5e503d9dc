"""What is the same for many readers is read and rendered once; what they may see is asked for every batch."""

import re

import pytest
from django.core import mail as outbox
from django.utils import timezone

from casestudies.models import CaseStudyPage
from digests import services
from digests.models import OutgoingEmail
from digests.rendering import desk, digest, entries, letters
from digests.services import sending
from discussion.services import add_comment
from tests import factories
from tests.digests.helpers import html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(topic, council):
    """Three who follow the topic, one of them the council too."""
    people = [factories.UserFactory(email=f"r{number}@example.org") for number in range(3)]
    for person in people:
        services.follow(person=person, target=("topic", topic.pk))
    services.follow(person=people[0], target=("organisation", council.pk))
    return people


@pytest.fixture
def pages(readers, topic, council):
    return [
        factories.case_study(council, topics=[topic], title=f"Market <{number}> & more", summary="A shop, “let”.")
        for number in range(6)
    ]


def test_an_entry_is_rendered_once_and_each_reader_has_their_own_reasons(pages, monkeypatch):
    made = []
    monkeypatch.setattr(entries, "_piece", lambda *args, make=entries._piece: made.append(args) or make(*args))
    mails = {message["To"]: message for message in send_now()}
    assert len(mails) == 3
    assert len(made) == len(pages)
    assert "Because you follow Empty shops and Stockport" in text_of(mails["r0@example.org"])
    assert "Stockport\n" not in text_of(mails["r1@example.org"]).partition("Because you follow")[2][:30]
    for message in mails.values():
        for page in pages:
            assert page.title in text_of(message)
            assert page.title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html_of(message)


def test_the_html_is_what_inlining_the_whole_mail_would_give(pages, readers, monkeypatch, time_machine):
    services.follow(person=readers[0], target=("case_study", pages[0].pk))
    add_comment(page=pages[0], body="It worked here, too.", by=factories.UserFactory(moderator=True))
    services.plan_now(cadence="weekly")
    mails = list(OutgoingEmail.objects.order_by("pk"))
    time_machine.move_to(timezone.now(), tick=False)  # links are signed with the time
    shared = {pk: letter.html for pk, letter in digest.write_digests(mails).items()}
    with monkeypatch.context() as patch:
        # Nothing is inlined by itself: each piece is put in before the whole is.
        patch.setattr(entries, "inlined", lambda html: html)
        patch.setattr(letters, "_PIECE", re.compile("never"))
        whole, inline = {}, letters._with_styles()

        class Whole:
            def inline(self, html):
                return inline.inline(re.sub(r"<!--piece (\d+)-->", lambda found: pieces[int(found[1]) - 1], html))

        patch.setattr(letters, "_with_styles", Whole)
        for one in digest.gather(mails):
            shown = digest.context(one, cap=digest.CAP)
            pieces = [entry.piece.html for entry in shown["entries"]]
            whole[one.recipient.email_id] = digest.letter(one).html
    assert shared == whole
    assert "It worked here, too." in shared[mails[0].pk]


def interrupted(monkeypatch, what):
    """Send one mail a batch; `what` happens when the first has left."""
    monkeypatch.setattr(sending, "BATCH", 1)
    services.plan_now(cadence="weekly")
    send, left = sending._Worker.send_batch, []

    def batch(*args, **kwargs):
        done = send(*args, **kwargs)
        if not left:
            what()
        left.append(1)
        return done

    monkeypatch.setattr(sending._Worker, "send_batch", batch)
    before = len(outbox.outbox)
    services.send_waiting()
    return [html_of(parsed(message)) for message in outbox.outbox[before:]]


def test_what_is_withdrawn_between_two_batches_is_in_no_later_mail(pages, monkeypatch):
    first, *later = interrupted(monkeypatch, lambda: CaseStudyPage.objects.get(pk=pages[0].pk).unpublish())
    assert "Market &lt;0&gt;" in first
    assert len(later) == 2
    assert not any("Market &lt;0&gt;" in one for one in later)
    assert all("Market &lt;1&gt;" in one for one in later)


def test_a_changed_title_is_in_the_next_batch(pages, monkeypatch):
    def rename():
        page = CaseStudyPage.objects.get(pk=pages[0].pk)
        page.title = "A night market"
        page.save_revision().publish()

    first, *later = interrupted(monkeypatch, rename)
    assert "A night market" not in first
    assert all("A night market" in one and "Market &lt;0&gt;" not in one for one in later)


def test_what_no_event_tells_of_is_believed_for_a_minute_at_most(pages, monkeypatch):
    def hide():
        CaseStudyPage.objects.filter(pk=pages[0].pk).update(live=False)
        monkeypatch.setattr(desk, "LIFETIME", -1.0)

    _first, *later = interrupted(monkeypatch, hide)
    assert not any("Market &lt;0&gt;" in one for one in later)
