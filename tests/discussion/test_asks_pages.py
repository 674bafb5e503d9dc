"""The pages of asks: what each person sees and can do on them."""

import json
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from digests import selectors
from discussion.asks import services
from discussion.asks.services import AskFacts
from discussion.models import Ask
from moderation import services as moderation
from tests import factories

pytestmark = pytest.mark.django_db

TITLE = "How do other towns fill empty shops for good?"
BODY = "Every second shop in our high street has been empty for more than a year, and nobody asks for them."


@pytest.fixture
def topic(db):
    return factories.TopicFactory(name="High streets", slug="high-streets")


def text_of(response):
    return response.content.decode()


# --- reading --------------------------------------------------------------------------------------


def test_visitors_read_an_ask_and_its_answers_without_a_cookie(client, topic, member, newcomer):
    ask = factories.ask(author=newcomer, topics=[topic])
    factories.answer(ask, member, "We let them by the week.")
    response = client.get(ask.get_absolute_url())
    text = text_of(response)
    assert not response.cookies
    for words in (
        ask.title,
        ask.body,
        "Nia New",
        "We let them by the week.",
        "High streets",
        "Sign in to answer",
        "Email me when others comment",
    ):
        assert words in text
    assert "csrfmiddlewaretoken" not in text
    # On paper stand the answers, without what can be done with them.
    soup = BeautifulSoup(text, "html.parser")
    printed = soup.find(id="answers")
    assert "cl-no-print" not in printed["class"]
    for left_out in printed.select(".cl-no-print"):
        left_out.decompose()
    assert "We let them by the week." in printed.get_text()
    assert not [words for words in ("Sign in", "Report") if words in printed.get_text()]


def test_the_list_is_for_everybody_newest_first_and_narrowed_by_its_address(client, topic, member, newcomer):
    first = factories.ask(author=newcomer, title="Who runs a repair café?")
    second = factories.ask(author=newcomer, title="Who runs a tool library?", topics=[topic])
    factories.ask(author=newcomer, title="Held back from everybody", state="held")
    services.accept_answer(answer=factories.answer(first, member), by=newcomer)
    response = client.get("/ask/")
    text = text_of(response)
    assert not response.cookies
    assert text.index(second.title) < text.index(first.title)
    assert "Held back" not in text
    assert first.title not in text_of(client.get("/ask/?show=unanswered"))
    assert second.title not in text_of(client.get("/ask/?show=answered"))
    assert first.title not in text_of(client.get("/ask/?topic=high-streets"))
    assert client.get("/ask/?show=%00&topic=none&page=x").status_code == 200


def test_other_words_behind_the_number_lead_to_the_right_address(client, newcomer):
    ask = factories.ask(author=newcomer)
    for address in (f"/ask/{ask.pk}/", f"/ask/{ask.pk}-something-else/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (301, ask.get_absolute_url())


def test_a_title_without_letters_that_an_address_can_hold_has_an_address(client, newcomer):
    ask = factories.ask(author=newcomer, title="怎么办 空店铺 ¿?")
    assert client.get(ask.get_absolute_url()).status_code == 200


def test_html_in_an_ask_is_shown_and_not_obeyed(client, newcomer):
    ask = factories.ask(author=newcomer, title="<script>alert(1)</script> how so?", body="<b>bold</b> <img src=x>")
    text = text_of(client.get(ask.get_absolute_url()))
    assert "<script>alert(1)" not in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert "<img src=x>" not in text
    assert "<script>alert(1)" not in text_of(client.get("/ask/"))


def test_the_answer_that_helped_stands_on_top(client, member, newcomer):
    ask = factories.ask(author=newcomer)
    factories.answer(ask, member, "The first answer.")
    services.accept_answer(answer=factories.answer(ask, member, "The answer that did it."), by=newcomer)
    text = text_of(client.get(ask.get_absolute_url())).partition("<h1")[2]
    assert (
        text.index("The answer that helped") < text.index("The answer that did it.") < text.index("The first answer.")
    )


def test_an_asker_sees_that_the_ask_waits_and_others_do_not_find_it(client, newcomer, member):
    ask = factories.ask(author=newcomer, state="held")
    client.force_login(newcomer)
    assert "Waiting for a moderator" in text_of(client.get(ask.get_absolute_url()))
    client.force_login(member)
    assert client.get(ask.get_absolute_url()).status_code == 404


def test_what_an_ask_said_before_is_for_moderators_alone(client, topic, member, moderator, newcomer):
    ask = factories.ask(author=member, topics=[topic], title="Why are you such fools?", body="<b>Fools</b> all of you.")
    told = AskFacts(title=ask.title, body=BODY, topics=(topic,))
    services.edit_ask(ask=ask, facts=told, by=member)
    services.edit_ask(ask=ask, facts=replace(told, title=TITLE), by=member)
    services.edit_ask(ask=ask, facts=replace(told, title=TITLE), by=member)
    assert ask.versions.count() == 2, "the same words are no other version"
    filed = moderation.report(subject=ask, kind="abuse", by=newcomer)
    review = reverse("moderation_contribution", args=["ask", ask.pk])
    client.force_login(moderator)
    for address in (review, reverse("moderation_report", args=[filed.pk])):
        text = text_of(client.get(address))
        assert "2 earlier versions" in text
        assert "&lt;b&gt;Fools&lt;/b&gt; all of you." in text
    for person in (member, newcomer, moderator):
        client.force_login(person)
        text = text_of(client.get(ask.get_absolute_url()))
        assert "ools" not in text
        assert (review in text) == (person == moderator), "the way there is a moderator's"
    services.delete_ask(ask=ask, by=member)
    assert ask.versions.count() == 2, "somebody reported it, and nobody has looked"
    unreported = factories.ask(author=member, topics=[topic])
    services.edit_ask(ask=unreported, facts=told, by=member)
    services.delete_ask(ask=unreported, by=member)
    assert not unreported.versions.exists()


# --- asking ---------------------------------------------------------------------------------------


def test_asking_without_scripts_shows_what_there_is_before_anything_is_sent(client, council, topic, member):
    factories.case_study(council, title="Market in empty shops", topics=[topic])
    from search import engines, indexing

    indexing.rebuild(engines.database())
    client.force_login(member)
    words = {"title": TITLE, "body": BODY}
    assert "Ask the network" in text_of(client.get("/ask/new/?title=Empty+shops"))
    response = client.post("/ask/new/", words)
    text = text_of(response)
    assert "Market in empty shops" in text
    assert not Ask.objects.exists()
    assert BODY in text
    assert re.search(r'<option value="high-streets" selected\s*>', text)
    response = client.post("/ask/new/", words | {"topic": "high-streets", "send": "yes"})
    ask = Ask.objects.get()
    assert response["Location"] == ask.get_absolute_url()
    assert (ask.title, ask.state, list(ask.topics.all())) == (TITLE, "published", [topic])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"title": "Empty shops"}, "Write a whole question"),
        ({"title": "Empty shops", "send": "yes"}, "Write a whole question"),
        ({"body": "shop " * 4000}, "Your text has 19,999 characters; at most 5,000 are possible."),
        ({"body": "shop " * 4000, "send": "yes"}, "Your text has 19,999 characters; at most 5,000 are possible."),
        ({"body": "Help please"}, "Say a little more"),
        ({"title": ""}, "Write your question in one line."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(client, topic, member, words, message):
    client.force_login(member)
    sent = {"title": TITLE, "body": BODY, "topic": "high-streets"} | words
    response = client.post("/ask/new/", sent)
    text = text_of(response)
    assert response.status_code == 422
    assert message in text
    for value in (sent["title"], sent["body"].strip()):
        assert value in text
    assert "<title>Error:" in text
    assert not Ask.objects.exists()


def test_the_words_of_a_search_that_found_nothing_are_carried_into_the_form(client, member):
    client.force_login(member)
    assert "/ask/new/?title=zebra%20crossings" in text_of(client.get("/search/?q=zebra+crossings"))
    assert 'value="zebra crossings"' in text_of(client.get("/ask/new/?title=zebra%20crossings"))


def test_too_many_asks_in_an_hour_are_refused_with_their_words(client, topic, member):
    client.force_login(member)
    for number in range(7):
        sent = {"title": f"{TITLE} {number}", "body": BODY, "topic": "high-streets", "send": "yes"}
        response = client.post("/ask/new/", sent)
    assert response.status_code == 429
    assert f"{TITLE} 6" in text_of(response)


def test_while_somebody_types_the_page_asks_for_what_there_is(client, member, newcomer):
    ask = factories.ask(author=newcomer, title="Who has filled empty shops?")
    factories.ask(author=newcomer, title="Who has filled empty pubs?", state="held")
    from search import engines, indexing

    indexing.rebuild(engines.database())
    assert client.post("/ask/similar/", {"title": "empty shops"}).status_code == 302
    client.force_login(member)
    text = text_of(client.post("/ask/similar/", {"title": "filled empty shops or pubs", "body": ""}))
    assert ask.get_absolute_url() in text
    assert 'data-said="1 thing like it is listed after the form."' in text
    assert "pubs?" not in text
    assert "<html" not in text


# --- doing ----------------------------------------------------------------------------------------


def test_answering_accepting_and_closing_on_the_page(client, member, newcomer):
    ask = factories.ask(author=newcomer)
    client.force_login(member)
    response = client.post(reverse("ask_answer", args=[ask.pk]), {"body": "We let them by the week."})
    answer = ask.answers.get()
    assert response["Location"] == f"{ask.get_absolute_url()}#comment-{answer.pk}"
    offered = "Email me when others comment here</button>"
    page = text_of(client.get(ask.get_absolute_url()))
    assert "Your answer is published." in page
    assert offered not in page
    changed = client.post(reverse("comment_edit", args=[answer.pk]), {"body": "We let them by the day."}, follow=True)
    assert "Your change is saved." in text_of(changed)
    client.post(reverse("ask_back", args=[ask.pk]), {"back": "yes"})
    assert offered in text_of(client.get(ask.get_absolute_url()))
    assert not selectors.is_following(member, ("ask", ask.pk))
    client.post(reverse("follow"), {"kind": "ask", "id": ask.pk, "next": ask.get_absolute_url()})
    assert selectors.is_following(member, ("ask", ask.pk))
    assert offered not in text_of(client.get(ask.get_absolute_url()))
    client.force_login(newcomer)
    page = text_of(client.get(ask.get_absolute_url()))
    helped = reverse("ask_accept", args=[ask.pk, answer.pk])
    assert helped in page
    assert "1 other person has this too." in page
    confirming = text_of(client.get(helped))
    assert "Did this answer help?" in confirming
    assert "css/cites.css" in confirming, "what an answer cites looks the same on every page"
    client.post(helped, {"instead_of": ""})
    ask.refresh_from_db()
    assert ask.accepted == answer
    wrong = client.post(reverse("ask_close", args=[ask.pk]), {"reason": "duplicate", "where": "nonsense"})
    assert "Give the address of the other ask." in text_of(wrong)
    client.post(reverse("ask_close", args=[ask.pk]), {"reason": "solved"})
    page = text_of(client.get(ask.get_absolute_url()))
    assert "Closed: Solved" in page
    assert "Send answer" not in page
    client.force_login(member)
    assert client.post(reverse("ask_answer", args=[ask.pk]), {"body": "One more."}).status_code == 403


def test_writing_an_ask_up_starts_a_draft_that_keeps_the_thanks(client, council, topic, member, newcomer):
    author = factories.member(council, "author", name="Ada Author")
    ask = factories.ask(author=newcomer, topics=[topic])
    factories.answer(ask, member)
    client.force_login(author)
    response = client.post(
        reverse("ask_write_up", args=[ask.pk]), {"organisation": council.pk, "summary": "Three shops were let."}
    )
    ask.refresh_from_db()
    page = ask.case_study
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (page.live, page.title, list(page.topics.all())) == (False, ask.title, [topic])
    assert ask.body in page.problem
    assert page.title not in text_of(client.get("/search/?q=let"))
    assert client.get(reverse("ask_write_up", args=[ask.pk])).status_code == 404
    from discussion.asks.selectors import thanks_for

    assert thanks_for(page) == (ask, ["Mo Member"])


def test_machines_read_the_question_with_its_answers_and_no_text_closes_the_block(client, member, newcomer):
    ask = factories.ask(author=newcomer)
    answer = factories.answer(ask, member, "</script><b>We let them</b> by the week.")
    factories.answer(ask, member, "Held back.", state="held")
    services.accept_answer(answer=answer, by=newcomer)
    text = text_of(client.get(ask.get_absolute_url()))
    block = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    told = json.loads(block)
    assert told["@type"] == "QAPage"
    question = told["mainEntity"]
    assert (question["name"], question["answerCount"]) == (ask.title, 1)
    assert question["acceptedAnswer"]["text"] == "</script><b>We let them</b> by the week."
    assert "Held back." not in text


def test_the_feed_of_asks_has_what_everybody_may_read(client, newcomer):
    ask = factories.ask(author=newcomer)
    factories.ask(author=newcomer, title="Held back from everybody", state="held")
    text = text_of(client.get("/feeds/asks/"))
    assert ask.title in text
    assert "Held back" not in text


def test_a_topic_shows_its_asks_and_those_beneath_it(client, topic, newcomer):
    above = factories.TopicFactory(slug="economy")
    topic.parent = above
    topic.save()
    ask = factories.ask(author=newcomer, topics=[topic])
    factories.ask(author=newcomer, topics=[topic], title="Held back from everybody", state="held")
    for slug in ("economy", "high-streets"):
        text = text_of(client.get(f"/topics/{slug}/"))
        assert ask.title in text
        assert "Held back" not in text


def test_a_case_study_that_began_as_an_ask_thanks_who_asked_and_who_answered(client, case_study, member, newcomer):
    ask = factories.ask(author=newcomer, case_study=case_study)
    factories.answer(ask, member)
    text = text_of(client.get(case_study.get_url()))
    assert "It began with a question:" in text
    assert "(Nia New)" in text
    assert "Thanks for answers: Mo Member." in text
    Ask.objects.update(state="hidden")
    assert "It began with a question:" not in text_of(client.get(case_study.get_url()))
