"""The policy is a pure function: facts in, verdict and reasons out."""

import pytest

from discussion.services import add_comment
from moderation import services
from moderation.models import Report
from moderation.policy import PersonFacts, ReasonCode, Rules, TextFacts, count_links, find_words, judge
from moderation.selectors import open_reports_about
from tests import factories

RULES = Rules(blocked_words=("casino", "payday loan"))
NEW = PersonFacts()
KNOWN = PersonFacts(approved=2)
MEMBER = PersonFacts(is_member=True)
STAFF = PersonFacts(is_staff=True)
PLAIN = TextFacts()


def codes(person, text=PLAIN, rules=RULES):
    verdict = judge(person=person, text=text, rules=rules)
    return ("publish" if verdict.publish else "hold", set(verdict.codes))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (NEW, ("hold", {"new_person"})),
        (PersonFacts(approved=1), ("hold", {"new_person"})),
        (KNOWN, ("publish", {"trusted"})),
        (MEMBER, ("publish", {"member"})),
        (STAFF, ("publish", {"staff"})),
        (PersonFacts(approved=9, rejected=1), ("hold", {"rejected_before"})),
        (PersonFacts(is_member=True, rejected=1), ("hold", {"rejected_before"})),
        (PersonFacts(rejected=1), ("hold", {"rejected_before"})),
    ],
)
def test_trust_is_earned_by_two_approvals_and_lost_by_a_refusal(person, expected):
    assert codes(person) == expected


@pytest.mark.parametrize("person", [KNOWN, MEMBER])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TextFacts(links=3), "links"),
        (TextFacts(blocked_words=("casino",)), "blocked_word"),
        (TextFacts(repeats=True), "repeated"),
        (TextFacts(changes_asked=True), "changes_asked"),
    ],
)
def test_a_text_can_be_held_whoever_wrote_it(person, text, code):
    assert codes(person, text) == ("hold", {code})
    assert codes(STAFF, text) == ("publish", {"staff"})


def test_the_limits_themselves_are_still_allowed():
    assert codes(KNOWN, TextFacts(links=2))[0] == "publish"
    assert codes(PersonFacts(approved=2, in_the_last_hour=9))[0] == "publish"
    assert codes(PersonFacts(approved=2, in_the_last_hour=10)) == ("hold", {"rate"})
    assert codes(PersonFacts(approved=2, open_reports=1))[0] == "publish"
    assert codes(PersonFacts(approved=2, open_reports=2)) == ("hold", {"reported"})


def test_every_reason_that_applies_is_named_and_has_words():
    verdict = judge(person=NEW, text=TextFacts(links=5, blocked_words=("casino",)), rules=RULES)
    assert set(verdict.codes) == {"new_person", "links", "blocked_word"}
    assert all(len(words) > 10 for words in verdict.words)
    assert {code.value for code in ReasonCode} >= set(verdict.codes)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", 0),
        ("We paid £3.50 a week, e.g. in March.", 0),
        ("See https://www.gov.uk/a and http://b.example", 2),
        ("Buy at cheap-stuff.shop or www.more.example/x", 2),
        ("One: HTTPS://EXAMPLE.ORG/com", 1),
    ],
)
def test_links_are_counted_with_and_without_their_scheme(text, links):
    assert count_links(text) == links


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The CASINO closed.", ("casino",)),
        ("A payday\n  loan for you", ("payday loan",)),
        ("Casinos", ()),
        ("pay-day", ()),
        ("payday-loan!", ("payday loan",)),
    ],
)
def test_blocked_words_are_whole_words_in_any_case_and_spacing(text, found):
    assert find_words(text, RULES.blocked_words) == found


@pytest.mark.django_db
def test_open_reports_are_weighed_as_for_hiding(case_study, member, moderator):
    """One connection, or somebody who misuses reporting, has nobody's writing held."""
    first, second = (add_comment(page=case_study, body=f"Remark {n}", by=member)[0] for n in range(2))
    people = factories.UserFactory.create_batch(3)

    def judged(person):
        return add_comment(page=case_study, body=f"After {Report.objects.count()}", by=person)[1].publish

    for comment in (first, second):
        services.report(subject=comment, kind="wrong", details="x", visitor="one")
    for number in range(2):
        misused = services.report(subject=case_study, kind=("spam", "other")[number], by=people[0])
        services.dismiss_report(report=misused, by=moderator, misused=True)
    services.report(subject=first, kind="wrong", by=people[0])
    assert judged(member)
    assert open_reports_about(member) == 2  # as moderators see it: things
    services.report(subject=second, kind="wrong", by=people[1])
    assert not judged(member)
    other = factories.member(case_study.get_parent().specific.organisation)
    comment = add_comment(page=case_study, body="Of one opinion", by=other)[0]
    for person in people[1:]:
        services.report(subject=comment, kind="wrong", by=person)
    assert judged(other)  # two readers, but one thing
