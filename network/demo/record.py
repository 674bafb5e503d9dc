"""The demonstration's records of places: the editors' from public sources, and a made-up place to try the rest on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from discussion.models import Comment
from discussion.services import add_comment
from members.models import Organisation
from moderation import services as moderation
from places import events
from places.models import Place, ProgrammePage, RecordEntry
from places.record.services import EntryFacts, add_entry, reply_to_entry


@transaction.atomic
def make_records(content: Mapping[str, Any]) -> int:
    """Nothing where there are some already. What people say here, the policy judges and the moderator approves."""
    if RecordEntry.objects.filter(author__is_demonstration=True).exists():
        return 0
    _place(content["place"])
    moderator = User.objects.get(email="moderator@demo.example")
    people = {one.email: one for one in User.objects.filter(is_demonstration=True)}
    programmes = {page.slug: page for page in ProgrammePage.objects.live()}
    for one in content["meanings"]:
        told = {"meaning": one["meaning"], "meaning_by": one["by"], "meaning_on": date.fromisoformat(one["on"])}
        Place.objects.filter(slug=one["place"]).update(**told)
    for one in content["entries"]:
        facts = EntryFacts(
            words=one["words"],
            when=one["when"],
            lesson=one["lesson"],
            source_url=one["source_url"],
            programme=programmes.get(one.get("programme")),
        )
        place = Place.objects.get(slug=one["place"])
        entry, verdict = add_entry(place=place, facts=facts, by=people[one["by"]], side=one["side"])
        _approve(entry, verdict, moderator)
        if reply := one.get("reply"):
            made, verdict = reply_to_entry(entry=entry, words=reply["words"], by=people[reply["by"]])
            _approve(made, verdict, moderator)
    for one in content["comments"]:
        place = Place.objects.get(slug=one["place"])
        said, verdict = add_comment(page=place, body=one["body"], by=people[one["by"]])
        _approve(said, verdict, moderator)
        for answer in one["replies"]:
            answered, verdict = add_comment(page=place, body=answer["body"], by=people[answer["by"]], reply_to=said)
            _approve(answered, verdict, moderator)
    return len(content["entries"])


def _approve(said: RecordEntry | Comment, verdict: Any, moderator: User) -> None:
    if verdict is not None and not verdict.publish:
        moderation.decide_contribution(contribution=said, action="approve", by=moderator)


def _place(facts: Mapping[str, Any]) -> None:
    own = {name: facts[name] for name in ("name", "kind", "lat", "lng", "summary")}
    place, is_new = Place.objects.get_or_create(slug=facts["slug"], defaults=own)
    place.organisations.add(Organisation.objects.get(slug=facts["organisation"]))
    events.place_saved(place, is_new=is_new)
