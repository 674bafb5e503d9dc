"""The words of the documents as they are spelled, to know what somebody meant who spelled one otherwise."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import F, Q

from search import spelling, synonyms
from search.models import SpelledWord

# A document's text as everybody may read it, and as a member may.
Texts = Mapping[int, tuple[str, str]]


def count(now: Texts, *, before: Texts) -> None:
    """Count what these documents say now instead of what they said before; one statement."""
    changes: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for texts, step in ((before, -1), (now, 1)):
        for public, members in texts.values():
            for column, text in enumerate((public, members)):
                for word in spelling.words_of(text):
                    changes[word][column] += step
    # In their order: two that count the same words at once wait for each other and never in a ring.
    rows: list[tuple[str | int, ...]] = [
        (word, word[:2], word[-2:], len(word), *change) for word, change in sorted(changes.items()) if any(change)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_spelledword (word, head, tail, length, public, members) "
                "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (word) DO UPDATE SET "
                "public = search_spelledword.public + excluded.public, "
                "members = search_spelledword.members + excluded.members",
                rows,
            )


def clean_up() -> None:
    """Forget words that no document has any more."""
    SpelledWord.objects.filter(public__lte=0, members__lte=0).delete()


def meant(words: Sequence[str], *, members: bool) -> dict[str, str]:
    """For each of these unknown words, folded, what this reader's documents or staff's synonyms spell like it, where
    anything is close.
    """
    found = {}
    for word in sorted({one for text in words for one in spelling.words_of(text)})[:3]:
        reach = spelling.mistakes_allowed(word)
        alike = SpelledWord.objects.filter(
            Q(head=word[:2]) | Q(tail=word[-2:]), length__gte=len(word) - reach, length__lte=len(word) + reach
        ).filter(**{"members__gt" if members else "public__gt": 0})
        counted = alike.values_list("word", F("members" if members else "public"))
        if right := spelling.best(word, [*counted, *((one, 0) for one in synonyms.current().spelled)]):
            found[word] = right
    return found


def begins_almost(token: str) -> str:
    """What the most frequent public word begins with that begins like this but for one mistake; maybe nothing."""
    typed = spelling.folded(token)
    if len(typed) < spelling.SHORTEST:
        return ""
    alike = SpelledWord.objects.filter(head=typed[:2], length__gte=len(typed) - 1, public__gt=0).order_by(
        "-public", "word"
    )
    for word in alike.values_list("word", flat=True):
        for length in (len(typed), len(typed) + 1, len(typed) - 1):
            if word[:length] != typed and spelling.distance(typed, word[:length], most=1) == 1:
                return word[:length]
    return ""
