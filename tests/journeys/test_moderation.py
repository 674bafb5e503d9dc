"""The queue worked by keyboard, and a page signed off from a phone by somebody without an account."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

# Thirty comments, six asks and four reports, as nine newcomers would have sent them.
FORTY = """
from accounts.models import User
from casestudies.models import CaseStudyPage
from discussion.models import Ask
from discussion.services import add_comment
from moderation import services
pages = list(CaseStudyPage.objects.live().filter(audience="public")[:4])
people = [User.objects.create_user(email=f"newcomer{n}@example.org", name=f"Newcomer {n}") for n in range(9)]
for n in range(30):
    add_comment(page=pages[n % 4], body=f"Keyboard question {n}: how was year {2000 + n} paid for?", by=people[n % 9])
for n in range(6):
    ask = Ask.objects.create(title=f"Keyboard ask {n}", body="How did others begin?", author=people[n], state="draft")
    services.submit(contribution=ask, by=people[n])
for n in range(4):
    services.report(subject=pages[n], kind="wrong", details=f"Keyboard report {n}", by=people[n])
"""
SUBMITTED = """
from accounts.models import User
from casestudies.models import CaseStudyPage
from django.utils import timezone
from members.models import Organisation
council = Organisation.objects.get(page__slug="exampleford")
council.email_domains.filter(domain="exampleford.example").update(verified_at=timezone.now())
author = User.objects.get(email="author@demo.example")
page = CaseStudyPage(
    title="A repair café in the bus station", summary="Neighbours mend what would be thrown away.",
    problem="<p>Toasters went to the tip.</p>", outcome="worked", started="2024-05", live=False, owner=author,
    contact_name="Sam Officer", contact_email="sam@exampleford.example",
)
council.page.add_child(instance=page)
page.save_revision(user=author)
page.get_workflow().start(page, author)
"""
TITLE = "A repair café in the bus station"


@pytest.mark.one_site
def test_forty_mixed_things_are_worked_by_keyboard(person, site):
    site.manage("shell", "-c", FORTY)
    judge = person("moderator")
    judge.goto("/moderation/")
    keys = judge.keyboard
    keys.press("?")
    expect(judge.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.press("Escape")
    keys.press("j")
    keys.press("j")
    keys.press("k")
    expect(judge.locator("[data-line]").first.get_by_role("link").first).to_be_focused()
    before = _waiting(judge)
    assert before >= 40
    keys.press("o")
    judge.wait_for_url(re.compile(r"/moderation/\w+/\d+/"))
    declined = 0
    for _ in range(40):
        here = judge.url
        if "Keyboard ask" in judge.get_by_role("heading", level=1).inner_text():
            declined += 1
            keys.press("d")
            expect(judge.get_by_label("Reason", exact=True)).to_be_focused()
            keys.press("ArrowDown")
            keys.press("Tab")
            keys.type("a: this is not declined by the letters in it.")
            keys.press("Control+Enter")
        else:
            keys.press("a")
        judge.wait_for_url(lambda url, here=here: url != here)
        expect(judge.get_by_role("alert")).to_contain_text(re.compile("Approved|Declined|dismissed", re.IGNORECASE))
    assert declined == 6
    judge.goto("/moderation/")
    assert before - _waiting(judge) == 40

    # The letters can be switched off, and stay off on the next page.
    keys.press("?")
    judge.get_by_label("Use keyboard shortcuts in this browser").uncheck()
    keys.press("Escape")
    judge.reload()
    keys.press("?")
    expect(judge.get_by_role("dialog")).to_have_count(0)


def _waiting(judge) -> int:
    lead = judge.locator("main .cl-lead").inner_text()
    found = re.search(r"(\d+) thing", lead)
    return int(found[1]) if found else 0


def test_an_approver_without_an_account_signs_off_from_a_phone(person, site, mailbox):
    site.manage("shell", "-c", SUBMITTED)
    author = person("author")
    author.goto("/cms/")
    author.get_by_role("link", name=re.compile(f"Ask somebody to sign off.*{TITLE}")).click()
    author.get_by_label("Email address").fill("boss@exampleford.example")
    author.get_by_role("button", name="Send the link").click()
    expect(author.get_by_role("alert")).to_contain_text("We have written to boss@exampleford.example")
    letter = mailbox.wait_for("boss@exampleford.example", "Please sign off").get_body(("plain",)).get_content()
    link = re.search(r"https?://\S+/approve/\S+", letter)[0]

    phone = person(width=390)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(phone.get_by_text("Toasters went to the tip.")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="Approve", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    phone.goto(link)
    expect(phone.get_by_text("This link was used on")).to_be_visible()

    judge = person("moderator")
    judge.goto("/moderation/?kind=page")
    expect(judge.get_by_role("link", name=TITLE)).to_be_visible()
