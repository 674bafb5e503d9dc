"""The residents' record: who may add to it and reply, in which state, and what becomes of it."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from core.retention import forget_what_is_due
from members.services import end_membership
from moderation import services as moderation
from moderation.models import ContributionState
from places.errors import NotAllowed, RecordError, TooLate
from places.models import RecordEntry, RecordPhoto, RecordVersion, Side
from places.permissions import (
    can_add_entry,
    can_edit_entry,
    can_read_entry,
    can_reply,
    can_withdraw_entry,
    entries_visible_to,
    sides_of,
)
from places.record.services import EntryFacts, add_entry, edit_entry, reply_to_entry, withdraw_entry
from places.record.timeline import Line, timeline
from tests import factories

pytestmark = pytest.mark.django_db

WORDS = "Three of the empty shops in the market hall have new tenants."


def facts(**told):
    return EntryFacts(**{"words": WORDS, "when": "2013-03", **told})


@pytest.fixture
def stockport(db):
    return factories.organisation("Stockport")


@pytest.fixture
def place(stockport):
    place = factories.PlaceFactory(name="Bredbury", slug="bredbury")
    place.organisations.add(stockport)
    return place


@pytest.fixture
def moderator(db):
    return factories.UserFactory(moderator=True)


@pytest.fixture
def people(place, stockport, moderator):
    lapsed = factories.member(stockport, "author")
    end_membership(membership=lapsed.memberships.get(), by=None)
    suspended = factories.UserFactory()
    moderation.suspend(
        person=suspended, by=moderator, reason="abuse", words="No.", until=timezone.now() + timedelta(days=7)
    )
    return {
        "visitor": AnonymousUser(),
        "resident": factories.UserFactory(),
        "neighbour": factories.UserFactory(),
        "lapsed": lapsed,
        "suspended": suspended,
        "other council’s author": factories.member(factories.organisation("Hull"), "author"),
        "member": factories.member(stockport, "member"),
        "author": factories.member(stockport, "author"),
        "moderator": moderator,
    }


def test_who_may_read_write_reply_change_and_withdraw_in_each_state(place, stockport, people):
    entries = {}
    for state, (side, by) in itertools.product(
        ContributionState, [("resident", "resident"), ("council", "author"), ("editors", "moderator")]
    ):
        council = {"organisation": stockport} if side == "council" else {}
        entries[state, side] = factories.record_entry(place, side=side, author=people[by], state=state, **council)
    writers = {"resident": "resident", "council": "author", "editors": "moderator"}
    councils = {"member", "author"}
    for name, person in people.items():
        writes = name not in {"visitor", "suspended"}
        assert can_add_entry(person, place) is writes, name
        visible = set(entries_visible_to(person).values_list("pk", flat=True))
        for (state, side), made in entries.items():
            entry = RecordEntry.objects.select_related("place", "organisation").get(pk=made.pk)
            case = f"{name}, {side}, {state}"
            own = name == writers[side]
            reads = state == "published" or name == "moderator" or (own and state in {"draft", "held"})
            assert can_read_entry(person, entry) is reads, case
            assert (entry.pk in visible) is reads, case
            other_side = side != ("council" if name in councils else "resident")
            assert can_reply(person, entry) is (writes and other_side and state == "published" and not own), case
            assert can_edit_entry(person, entry) is (own and state in {"draft", "held", "published"}), case
            # What stands as the council's word, its other authors may take back.
            theirs = own or (side == "council" and name == "author")
            assert can_withdraw_entry(person, entry) is (theirs and state in {"draft", "held", "published"}), case


def test_a_resident_is_held_and_a_council_speaks_through_its_authors(place, stockport, people):
    entry, verdict = add_entry(place=place, facts=facts(), by=people["resident"])
    assert (entry.side, entry.state, verdict.codes) == (Side.RESIDENT, "held", ["new_person"])
    assert sides_of(people["lapsed"], place) == [Side.RESIDENT]
    assert sides_of(people["other council’s author"], place) == [Side.RESIDENT]
    assert sides_of(people["author"], place) == [Side.COUNCIL]
    with pytest.raises(NotAllowed):
        add_entry(place=place, facts=facts(), by=people["author"], side=Side.RESIDENT)
    ours, verdict = add_entry(place=place, facts=facts(), by=people["author"], side=Side.COUNCIL)
    assert (ours.organisation, ours.state) == (stockport, "published")
    ours, verdict = add_entry(place=place, facts=facts(), by=people["member"], side=Side.COUNCIL)
    assert (ours.state, verdict.codes) == ("held", ["not_of_organisation"])
    with pytest.raises(NotAllowed):
        add_entry(place=place, facts=facts(), by=people["suspended"])
    editor = factories.UserFactory(editor=True)
    with pytest.raises(RecordError, match="public source"):
        add_entry(place=place, facts=facts(), by=editor, side=Side.EDITORS)


def test_what_cannot_stand_is_refused_at_its_field(place):
    resident = factories.UserFactory()
    next_month = timezone.localdate().replace(day=1) + timedelta(days=32)
    wrong = {
        "nothing": (facts(words=" \u200b\n"), "words", "Say what changed"),
        "two words": (facts(words="Nice shops"), "words", "a little more"),
        "a book": (facts(words="word " * 4000), "words", "19,999"),
        "an advertisement": (facts(words="See a.com and b.com and https://c.com, all of them"), "words", "addresses"),
        "no date": (facts(when=""), "when", "The year will do"),
        "a thirteenth month": (facts(when="2013-13"), "when", "Write a year"),
        "next month": (facts(when=f"{next_month:%Y-%m}"), "when", "still to come"),
        "next century": (facts(when="2099"), "when", "still to come"),
        "a script": (facts(source_url="javascript:alert(1)"), "source_url", "https://"),
        "data": (facts(source_url="data:text/html,hello"), "source_url", "https://"),
        "a file": (facts(source_url="file:///etc/passwd"), "source_url", "https://"),
        "a long address": (facts(source_url=f"https://example.org/{'x' * 600}"), "source_url", "too long"),
        "a long lesson": (facts(lesson="word " * 400), "lesson", "1,999"),
    }
    for name, (told, field, message) in wrong.items():
        with pytest.raises(RecordError, match=message) as error, transaction.atomic():
            add_entry(place=place, facts=told, by=resident)
        assert error.value.field == field, name
    nobody = factories.UserFactory(name="")
    with pytest.raises(RecordError, match="name") as error, transaction.atomic():
        add_entry(place=place, facts=facts(), by=nobody, name="  ")
    assert error.value.field == "name"
    assert not RecordEntry.objects.exists()
    entry, _verdict = add_entry(place=place, facts=facts(when=f"{timezone.localdate():%Y-%m}"), by=nobody, name="Sam")
    assert (entry.author.name, entry.when) == ("Sam", f"{timezone.localdate():%Y-%m}")


def test_what_is_sent_twice_stands_once(place, people):
    first, _verdict = add_entry(place=place, facts=facts(), by=people["resident"])
    again, verdict = add_entry(place=place, facts=facts(), by=people["resident"])
    assert (again, verdict) == (first, None)
    RecordEntry.objects.update(state="published")
    reply, _verdict = reply_to_entry(entry=first, words="We let two of them for less.", by=people["author"])
    assert reply_to_entry(entry=first, words="We let two of them for less.", by=people["author"]) == (reply, None)
    with pytest.raises(NotAllowed, match="one reply for each side"):
        reply_to_entry(entry=first, words="And a third one as well.", by=people["member"])
    assert (reply.side, reply.organisation.short_name, reply.state) == ("council", "Stockport", "published")
    with pytest.raises(NotAllowed):
        reply_to_entry(entry=first, words="I say so too, my friend.", by=people["neighbour"])
    # What a moderator took away is no longer there to be shown again: it is a new one, and waits.
    RecordEntry.objects.filter(pk=first.pk).update(state="hidden")
    anew, verdict = add_entry(place=place, facts=facts(), by=people["resident"])
    assert anew != first
    assert "repeated" in verdict.codes
    RecordEntry.objects.filter(pk=first.pk).update(state="published")
    # What was declined leaves room for another.
    withdraw_entry(entry=reply, by=people["author"])
    assert reply_to_entry(entry=first, words="And a third one as well.", by=people["member"])[0].state == "held"
    ours = factories.record_entry(place, side="council", author=people["author"])
    theirs, _verdict = reply_to_entry(entry=ours, words="The roof still leaks, though.", by=people["neighbour"])
    assert (theirs.side, theirs.state, theirs.when) == ("resident", "held", "")


def test_a_change_is_judged_again_and_leaves_a_version_until_it_is_withdrawn(place, people, moderator):
    resident = people["resident"]
    entry, _verdict = add_entry(place=place, facts=facts(), by=resident)
    moderation.decide_contribution(contribution=entry, action="approve", by=moderator)
    entry.refresh_from_db()
    edit_entry(entry=entry, facts=facts(words="Only two of the shops have new tenants."), by=resident)
    assert entry.state == "held"
    assert RecordVersion.objects.get().words == WORDS
    with pytest.raises(NotAllowed):
        edit_entry(entry=entry, facts=facts(), by=people["neighbour"])
    RecordEntry.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(TooLate):
        edit_entry(entry=entry, facts=facts(), by=resident)
    moderation.decide_contribution(
        contribution=entry, action="ask_for_changes", by=moderator, reason="unclear", words="Which shops?"
    )
    entry.refresh_from_db()
    edit_entry(entry=entry, facts=facts(), by=resident)
    assert entry.state == "held"
    withdraw_entry(entry=entry, by=resident)
    withdraw_entry(entry=entry, by=resident)
    assert (entry.state, entry.words, RecordVersion.objects.count()) == ("removed", "", 0)


def test_what_was_reported_stays_for_moderators_and_goes_a_year_after_its_author_withdrew_it(place, people, moderator):
    resident = people["resident"]
    entry = factories.record_entry(place, author=resident, words=WORDS)
    photos = [
        RecordPhoto.objects.create(by=resident, large=f"{n}.jpg", small=f"{n}-s.jpg", width=4, height=3) for n in "ab"
    ]
    RecordPhoto.objects.filter(pk=photos[0].pk).update(entry=entry, alt="A stall")
    edit_entry(entry=entry, facts=facts(photo=photos[0], alt="Two stalls"), by=resident)
    moderation.decide_contribution(contribution=entry, action="approve", by=moderator)
    moderation.report(subject=entry, kind="personal_data", email="me@example.org")
    for told in ({"photo": photos[1], "alt": "Two stalls"}, {}, {"photo": photos[0], "alt": "Nothing"}):
        with pytest.raises(RecordError) as refused:
            edit_entry(entry=RecordEntry.objects.get(pk=entry.pk), facts=facts(**told), by=resident)
        assert refused.value.field == "photo"
    changed = facts(words="Two of the empty shops.", photo=photos[0], alt="Two stalls")
    edit_entry(entry=RecordEntry.objects.get(pk=entry.pk), facts=changed, by=resident)
    assert RecordVersion.objects.get().words == WORDS
    withdraw_entry(entry=entry, by=resident)
    assert (entry.state, entry.words, RecordPhoto.objects.get(entry=entry).alt) == (
        "removed",
        "Two of the empty shops.",
        "Two stalls",
    )
    for days, kept in ((364, True), (366, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert not [one.rule for one in forget_what_is_due() if one.error]
        entry.refresh_from_db()
        assert bool(entry.words) is kept
        assert RecordVersion.objects.exists() is kept
        assert RecordPhoto.objects.filter(entry=entry).exists() is kept


def test_who_left_a_council_speaks_for_it_no_longer(place, people):
    author = people["author"]
    entry, _verdict = add_entry(place=place, facts=facts(), by=author, side=Side.COUNCIL)
    end_membership(membership=author.memberships.get(), by=None)
    again = type(author).objects.get(pk=author.pk)
    assert not can_edit_entry(again, entry)
    assert not can_withdraw_entry(again, entry)
    assert sides_of(again, place) == [Side.RESIDENT]


def test_the_timeline_keeps_sides_apart_orders_by_what_is_known_and_keeps_the_place_of_what_has_gone(
    place, people, monkeypatch, django_assert_max_num_queries
):
    from places.record import timeline as module

    line = Line(when="2013-02", text="The market opened.", who="Stockport Council", title="A market", url="/a/")
    monkeypatch.setattr(module, "_lines", [lambda place, user: [line]])
    resident, author = people["resident"], people["author"]
    year = factories.record_entry(place, author=resident, when="2013", words="It began in that year, I think.")
    month = factories.record_entry(place, author=resident, when="2013-05")
    ours = factories.record_entry(place, author=author, side="council", organisation=place.organisations.get())
    gone = factories.record_entry(place, author=resident, when="2012", state="removed", words="")
    factories.record_entry(place, author=author, side="council", answers=gone)
    factories.record_entry(place, author=resident, when="2011", state="hidden")
    held = factories.record_entry(place, author=resident, when="2014", state="held")

    def order(user, **how):
        return [row.entry or row.line for row in timeline(place=place, user=user, **how).rows]

    visitor = AnonymousUser()
    assert order(visitor) == [month, ours, line, year, gone]
    assert order(visitor, oldest_first=True) == [gone, year, line, ours, month]
    assert order(resident)[0] == held
    seen = timeline(place=place, user=visitor)
    assert [(row.side.value, row.gone, len(row.replies)) for row in seen.rows] == [
        ("resident", False, 0), ("council", False, 0), ("council", False, 0), ("resident", False, 0),
        ("resident", True, 1),
    ]  # fmt: skip
    assert {side.value: n for side, n in seen.key} == {"resident": 2, "council": 2}
    assert [row.may_reply for row in seen.rows] == [True, True, False, True, False]
    # Where a reply waits that this reader does not see, none is offered that would be refused.
    factories.record_entry(place, author=people["member"], side="council", answers=month, state="held")
    for person in people.values():
        fresh = person if person == visitor else type(author).objects.get(pk=person.pk)
        for row in timeline(place=place, user=fresh).rows:
            if row.entry and fresh != visitor:
                assert row.may_reply is can_reply(fresh, row.entry), (fresh.name, row.entry)
    assert not timeline(place=place, user=visitor).rows[0].may_reply
    many = [factories.record_entry(place, author=resident, when=f"19{n}") for n in range(50, 90)]
    for one in many:
        factories.record_entry(place, author=author, side="council", answers=one)
    fresh = type(author).objects.get(pk=author.pk)
    with django_assert_max_num_queries(6):
        page = timeline(place=place, user=fresh, number=2)
        assert len(page.rows) == 20
    assert page.page.paginator.num_pages == 3
