"""Changing groups of synonyms."""

import csv
from collections.abc import Sequence
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from accounts.models import User
from search import held
from search.models import SynonymGroup
from search.synonym_rules import check, unified

SEED = Path(__file__).resolve().parent.parent / "seeds" / "synonyms.csv"


@transaction.atomic
def save_synonyms(*, group: SynonymGroup, merged: Sequence[SynonymGroup], by: User | None) -> SynonymGroup:
    """Save a group that its rules allow, with all the words of the `merged` ones, which are no more."""
    whole = unified(group, merged) if merged else group
    group.words, group.also_finds = "\n".join(whole.word_list), "\n".join(whole.also_list)
    group.language = whole.language
    for other in merged:
        log(other, "wagtail.delete", user=by)
        other.delete()
    group.save()
    held.changed()
    return group


@transaction.atomic
def delete_synonyms(*, group: SynonymGroup) -> None:
    group.delete()
    held.changed()


def _ever_touched() -> bool:
    kind = ContentType.objects.get_for_model(SynonymGroup)
    return ModelLogEntry.objects.filter(content_type=kind).exists()


@transaction.atomic
def add_first_synonyms() -> int:
    """The sector's words, for a list that nobody has touched: neither groups nor the history of one. How many."""
    if SynonymGroup.objects.exists() or _ever_touched():
        return 0
    with SEED.open(encoding="utf-8", newline="") as file:
        groups = [
            SynonymGroup(
                language=row["language"],
                words="\n".join(row["words"].split("|")),
                also_finds="\n".join(filter(None, row["also_finds"].split("|"))),
            )
            for row in csv.DictReader(file)
        ]
    for number, group in enumerate(groups):
        if problems := check(group, groups[:number]):
            raise ValueError(f"{SEED.name}, {group}: {dict(problems.by_field)}")
    SynonymGroup.objects.bulk_create(groups)
    held.changed()
    return len(groups)
