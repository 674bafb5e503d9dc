"""What is the same for many readers is read and rendered once; what they may see is asked for every batch."""

import re

import pytest
from django.core import mail as outbox
from django.utils import timezone, translation

from casestudies.models import CaseStudyPage
from digests import services
from digests.models import OutgoingEmail
from digests.rendering import desk, digest, entries, forms, letters
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
    add_comment(
        page=pages[0], body='It worked \u2018here\u2019, "too" & more.', by=factories.UserFactory(moderator=True)
    )
    services.plan_now(cadence="weekly")
    mails = list(OutgoingEmail.objects.order_by("pk"))
    time_machine.move_to(timezone.now(), tick=False)  # links are signed with the time
    shared = {pk: letter.html for pk, letter in digest.write_digests(mails).items()}
    # The forms without styles: a whole mail is filled in, and then its styles are put in.
    monkeypatch.setattr(entries, "inlined", str)
    monkeypatch.setattr(digest, "inlined_whole", str)
    whole = {pk: letters.inlined_whole(letter.html) for pk, letter in digest.write_digests(mails).items()}
    assert shared == whole
    assert 'It worked \u2018here\u2019, "too" &amp; more.' in shared[mails[0].pk]
    assert "<!--each" not in shared[mails[0].pk]


def test_what_somebody_typed_is_never_taken_for_a_blank_or_for_html():
    form = forms.Form(
        '<a href="\ue000url\ue001">\ue000title\ue001</a><!--each line--><p>\ue000words\ue001</p><!--end-->', html=True
    )
    hostile = "\ue000url\ue001<!--each line--><b>\"'&\u00a0"
    filled = form.fill({"url": hostile, "title": hostile, "line": [{"words": hostile}, {"words": "2"}]})
    inside = "\ue000url\ue001&lt;!--each line--&gt;&lt;b&gt;"
    assert filled == (
        f'<a href="{inside}&quot;&#x27;&amp;&nbsp;">{inside}"\'&amp;&nbsp;</a><p>{inside}"\'&amp;&nbsp;</p><p>2</p>'
    )
    with pytest.raises(KeyError):
        form.fill({"title": "", "url": ""})


def test_each_reader_of_a_batch_gets_what_they_would_get_alone(topic, council, time_machine):
    """Two languages and two kinds of rights over the same news, in both orders: nothing of one is in another's."""
    topic.name_cy = "Siopau gwag"
    topic.save()
    member, outsider = factories.member(council), factories.UserFactory()
    welsh_member, welsh = factories.member(council, language="cy"), factories.UserFactory(language="cy")
    people = [member, outsider, welsh_member, welsh]
    for person in people:
        services.follow(person=person, target=("topic", topic.pk))
    page = factories.case_study(council, topics=[topic], title="For members", audience="members")
    for person in people:
        services.follow(person=person, target=("case_study", page.pk))
    add_comment(page=page, body="Between ourselves.", by=factories.UserFactory(moderator=True))
    services.plan_now(cadence="weekly")
    time_machine.move_to(timezone.now(), tick=False)  # links are signed with the time
    mails = list(OutgoingEmail.objects.order_by("pk"))
    alone = {mail.pk: digest.write_digests([mail])[mail.pk] for mail in mails}
    for order in (mails, mails[::-1]):
        with desk.keeping():
            assert digest.write_digests(order) == alone
    of = {mail.person: alone[mail.pk] for mail in mails}
    for person in people:
        text, html = of[person].text, of[person].html
        assert ("Between ourselves." in text) == ("Between ourselves." in html) == (person in {member, welsh_member})
        assert ("Siopau gwag" in text) == ("/cy/following/" in html) == (person.language == "cy")
        links = set(re.findall(r"/following/(?:stop|mail)/[^/\"\s]+", text + html))
        others = "".join(one.text + one.html for other, one in of.items() if other != person)
        assert len(links) == (4 if person in {member, welsh_member} else 3)
        assert not any(link in others for link in links)


def test_who_asks_for_digests_keeps_their_own_language(topic, council):
    """Whatever becomes of the rest: an error in one mail must not change the language of another."""
    welsh = factories.UserFactory(language="cy")
    services.follow(person=welsh, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    services.plan_now(cadence="weekly")
    digests = digest.gather(OutgoingEmail.objects.all())
    assert next(digests).entries
    assert translation.get_language() == "en"
    with translation.override("fr"):
        digests.close()
        assert translation.get_language() == "fr"


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
