"""What a group of synonyms may not be, said so that whoever wrote it can mend it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from search.models import SynonymGroup, SynonymLanguage
from search.synonyms import LONGEST, keys
from search.text import STOP_WORDS

MOST_TERMS = 12
MOST_LETTERS = 80


@dataclass
class Problems:
    """Sentences by the field that they belong to. `overlapping`: the groups that share a word with this one."""

    by_field: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    overlapping: list[SynonymGroup] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.by_field)


def check(group: SynonymGroup, others: Sequence[SynonymGroup]) -> Problems:
    """What is wrong with a group beside these others (which do not include it)."""
    problems = Problems()
    words, also = group.word_list, group.also_list
    if len(words) + len(also) < 2:
        problems.by_field["words"].append(_("Give two words or phrases at least, each on a line of its own."))
    if not words and also:
        problems.by_field["words"].append(_("Say which word finds those under “Also finds”."))
    if (number := len(words) + len(also)) > MOST_TERMS:
        problems.by_field["words"].append(
            _("%(number)s words and phrases are too many to mean the same: %(most)s at most. Make two groups of them.")
            % {"number": number, "most": MOST_TERMS}
        )
    for name, terms in (("words", words), ("also_finds", also)):
        problems.by_field[name] += [problem for term in terms if (problem := _term(term))]
    _given_twice(group, problems)
    _in_two_groups(group, others, problems)
    if not any(problems.by_field.values()):
        _in_a_circle(group, others, problems)
    problems.by_field = {name: found for name, found in problems.by_field.items() if found}
    return problems


def unified(group: SynonymGroup, merged: Sequence[SynonymGroup]) -> SynonymGroup:
    """One group of several, each word once; a word that they mean the same by does not go one way as well."""
    every = [group, *merged]
    languages = {one.language for one in every}
    language = languages.pop() if len(languages) == 1 else SynonymLanguage.BOTH
    words = _once([term for one in every for term in one.word_list], language, known=())
    also = _once([term for one in every for term in one.also_list], language, known=words)
    return SynonymGroup(pk=group.pk, words="\n".join(words), also_finds="\n".join(also), language=language)


def _once(terms: Sequence[str], language: str, *, known: Sequence[str]) -> list[str]:
    """Each term once, whatever form of it is given, and none that is `known`."""
    seen = {key for term in known for key in keys(term, language)}
    kept = []
    for term in terms:
        own = keys(term, language)
        if not own & seen:
            kept.append(term)
        seen |= own
    return kept


def _term(term: str) -> str:
    named = {"term": term, "most": LONGEST}
    words = term.split()
    if not any(c.isalnum() for c in term):
        return _("“%(term)s” has no letter or number in it.") % named
    if len(words) == 1 and sum(c.isalnum() for c in term) == 1:
        return _("“%(term)s” is a single letter or number, which finds nearly everything.") % named
    if all(word.casefold() in STOP_WORDS for word in words):
        return _("“%(term)s” is left out of every search, because it is in nearly every text.") % named
    if len(words) > LONGEST:
        return _("“%(term)s” is longer than %(most)s words. Nobody types it like that.") % named
    if len(term) > MOST_LETTERS:
        return _("“%(term)s…” is too long for a word or a phrase.") % {"term": term[:30]}
    return ""


def _given_twice(group: SynonymGroup, problems: Problems) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for name, terms in (("words", group.word_list), ("also_finds", group.also_list)):
        for term in terms:
            own = keys(term, group.language)
            if before := next((seen[key] for key in sorted(own) if key in seen), ""):
                same = before.casefold() == term.casefold()
                sentence = (
                    _("“%(term)s” is given twice.")
                    if same
                    else _("“%(term)s” and “%(before)s” are the same word to the search; give one of them.")
                )
                problems.by_field[name].append(sentence % {"term": term, "before": before})
            seen |= dict.fromkeys(own, term)


def _in_two_groups(group: SynonymGroup, others: Sequence[SynonymGroup], problems: Problems) -> None:
    """A word in two groups would mean what neither of them says."""
    for other in others:
        held = {key: term for term in other.word_list for key in keys(term, other.language)}
        for term in group.word_list:
            if not keys(term, group.language) & held.keys():
                continue
            if other not in problems.overlapping:
                problems.overlapping.append(other)
            problems.by_field["words"].append(
                _(
                    "“%(term)s” is in another group already: “%(group)s”. Tick “Make one group” below, or take the "
                    "word out of one of the two."
                )
                % {"term": term, "group": other}
            )


def _in_a_circle(group: SynonymGroup, others: Sequence[SynonymGroup], problems: Problems) -> None:
    """“tree” also finds “oak”, “oak” also finds “acorn”, and “acorn” also finds “tree” again."""
    owners = {key: other for other in others for term in other.word_list for key in keys(term, other.language)}
    own = {key for term in group.word_list for key in keys(term, group.language)}

    def back(current: SynonymGroup, path: tuple[str, ...], seen: frozenset[int | None]) -> tuple[str, ...]:
        for term in current.also_list:
            found = keys(term, current.language)
            if found & own and path:
                return (*path, term)
            for owner in {owners[key].pk: owners[key] for key in sorted(found) if key in owners}.values():
                if owner.pk not in seen and (circle := back(owner, (*path, term), seen | {owner.pk})):
                    return circle
        return ()

    if circle := back(group, (), frozenset()):
        problems.by_field["also_finds"].append(
            _("This goes in a circle: %(circle)s. Put words that find each other into one group.")
            % {"circle": " → ".join(f"“{term}”" for term in (group.word_list[0], *circle))}
        )
