"""The demonstration's asks: asked, judged by the policy and approved, answered, and dated back a few days."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from casestudies.models import CaseStudyPage
from core.models import Topic
from discussion.asks import services
from discussion.asks.services import AskFacts
from discussion.models import Ask, Comment
from discussion.services import add_comment
from members.models import Organisation
from moderation import services as moderation


@transaction.atomic
def make_asks(content: Sequence[Mapping[str, Any]]) -> int:
    """Nothing where there are some already. `{granby}` in an answer is the address of that case study."""
    if Ask.objects.filter(author__is_demonstration=True).exists():
        return 0
    moderator = User.objects.get(email="moderator@demo.example")
    people = {one.email: one for one in User.objects.filter(is_demonstration=True)}
    pages = CaseStudyPage.objects.listed().exclude(import_id="")
    addresses = {page.import_id: f"{settings.BASE_URL}{page.get_url()}" for page in pages}
    for one in content:
        ask = _ask(one, people[one["by"]], moderator)
        for answer in one["answers"]:
            _answer(ask, answer, people[answer["by"]], addresses, moderator)
        for email in one["backed_by"]:
            services.back_ask(ask=ask, by=people[email])
        if one.get("closed"):
            services.close_ask(ask=ask, reason=one["closed"], by=people[one["by"]])
        at = timezone.now() - timedelta(days=one["days_ago"])
        Ask.objects.filter(pk=ask.pk).update(created_at=at)
        Comment.objects.filter(ask=ask).update(created_at=at + timedelta(hours=7))
    services.raise_unanswered()
    return len(content)


def _ask(one: Mapping[str, Any], by: User, moderator: User) -> Ask:
    topics = {topic.slug: topic for topic in Topic.objects.filter(slug__in=one["topics"])}
    facts = AskFacts(
        title=one["title"],
        body=one["body"],
        topics=tuple(topics[slug] for slug in one["topics"]),
        organisation=Organisation.objects.get(slug=one["organisation"]) if one["organisation"] else None,
    )
    ask, verdict = services.create_ask(facts=facts, by=by)
    if verdict is not None and not verdict.publish:
        moderation.decide_contribution(contribution=ask, action="approve", by=moderator)
    return ask


def _answer(ask: Ask, one: Mapping[str, Any], by: User, addresses: Mapping[str, str], moderator: User) -> None:
    answer, verdict = add_comment(ask=ask, body=one["body"].format_map(addresses), by=by)
    if not verdict.publish:
        moderation.decide_contribution(contribution=answer, action="approve", by=moderator)
    if one["accepted"] and ask.author is not None:
        services.accept_answer(answer=Comment.objects.get(pk=answer.pk), by=ask.author)
