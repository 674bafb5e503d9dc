"""Words that staff say mean the same: what is found, how soon, and what they are told about their mistakes."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from members.services import end_membership
from search import held
from search.engines.base import SearchQuery
from search.models import SynonymGroup
from search.services.synonyms import add_first_synonyms, delete_synonyms, save_synonyms
from search.synonyms import singular
from tests import factories
from tests.search.documents import document, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(django_capture_on_commit_callbacks):
    def make(*words, also=(), language="en"):
        with django_capture_on_commit_callbacks(execute=True):
            made = SynonymGroup(words="\n".join(words), also_finds="\n".join(also), language=language)
            return save_synonyms(group=made, merged=(), by=None)

    return make


def asked(text):
    """Each thing that is looked for, with what means the same."""
    return [(str(one), set(one.others)) for one in SearchQuery(text=text).words.wanted]


# The question


def test_a_word_brings_its_synonyms(group):
    group("pub", "public house")
    assert asked("community pub") == [("community", set()), ("pub", {"public house"})]


def test_several_words_typed_are_one_thing_where_staff_say_so(group):
    group("high street", "town centre")
    assert asked("town centre shops") == [("town centre", {"high street"}), ("shops", set())]


@pytest.mark.parametrize("typed", ["pubs", "PUB", "Púb", "“pub", "pub?", "pub's"])
def test_form_does_not_matter(group, typed):
    group("pub", "public house")
    assert asked(typed)[0][1] == {"public house"}


@pytest.mark.parametrize("typed", ["co-op", "co op", "Co-ops", "cooperatives"])
def test_hyphens_and_spaces_are_the_same(group, typed):
    group("co-op", "cooperative")
    assert len(asked(typed)) == 1
    assert asked(typed)[0][1]


@pytest.mark.parametrize(("term", "typed"), [("fly tipping", "flytipping"), ("car-park", "Carparks")])
def test_two_words_are_also_known_written_as_one(group, term, typed):
    group(term, "dumping")
    assert asked(typed) == [(typed, {term, "dumping"})]


def test_three_words_are_nobodys_one_word(group):
    group("cost of living", "household bills")
    assert asked("costofliving") == [("costofliving", set())]


def test_the_longest_term_wins(group):
    group("market", "fair")
    group("street market", "outdoor traders")
    assert asked("street market") == [("street market", {"outdoor traders"})]
    assert asked("market street") == [("market", {"fair"}), ("street", set())]


def test_a_quoted_phrase_is_meant_as_it_is(group):
    group("pub", "public house")
    group("town centre", "high street")
    assert asked('"pub"') == [("pub", set())]
    assert asked('town "centre"') == [("town", set()), ("centre", set())]


def test_unwanted_words_stay_alone(group):
    group("pub", "public house")
    assert SearchQuery(text="beer -pub").words.unwanted == ("pub",)


def test_a_one_way_word_works_one_way(group):
    group("tree", also=["oak"])
    assert asked("trees") == [("trees", {"oak"})]
    assert asked("oak") == [("oak", set())]


def test_welsh_is_met_in_any_form_of_it(group):
    group("llyfrgell", also=["library"], language="cy")
    group("canol y dref", also=["town centre"], language="cy")
    assert asked("lyfrgelloedd")[0][1] == {"library"}
    assert asked("siop yng nghanol y dref")[-1] == ("nghanol dref", {"town centre"})


def test_a_very_long_question_is_not_widened_without_end(group):
    for number in range(20):
        group(*(f"w{number}x{other}" for other in range(12)))
    text = " ".join(f"w{number}x0" for number in range(20))
    assert sum(len(others) for _, others in asked(text)) == 60


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("libraries", "library"),
        ("buses", "bus"),
        ("houses", "house"),
        ("businesses", "business"),
        ("churches", "church"),
        ("children", "child"),
        ("co-ops", "co-op"),
        ("cafés", "cafe"),
        ("services", "service"),
    ],
)
def test_simple_plurals(plural, one):
    assert singular(plural) == singular(one)


def test_words_that_only_look_like_plurals():
    assert len({singular(word) for word in ("news", "new", "bus", "bu", "glass", "glas")}) == 6


# What is found, on either engine


@pytest.fixture
def places_to_drink(engine):
    engine.index(
        document(1, "The village bought its public house"),
        document(2, "A pub that is also a shop"),
        document(3, "A house for the public records"),
        document(4, "Traders on the high street"),
        document(5, "A new centre for the town"),
        document(6, "Planting oaks"),
    )
    return engine


def test_one_word_finds_two_and_two_find_one(places_to_drink, group):
    assert found(places_to_drink, "pub") == [2]
    group("pub", "public house")
    assert set(found(places_to_drink, "pub")) == {1, 2}
    assert {1, 2} <= set(found(places_to_drink, "public house"))
    # “public” and “house” apart from each other are no pub.
    assert 3 not in found(places_to_drink, "pub")


def test_two_words_find_two_others(places_to_drink, group):
    group("town centre", "high street")
    assert set(found(places_to_drink, "town centre")) == {4, 5}
    assert found(places_to_drink, "traders town centre")[0] == 4


def test_a_narrower_word_is_found_from_the_wider_only(places_to_drink, group):
    group("tree", also=["oak"])
    assert found(places_to_drink, "trees") == [6]
    assert found(places_to_drink, "tree planting")[0] == 6


def test_what_staff_write_is_never_syntax(places_to_drink, group):
    group("pub", 'inn") OR 1=1 NOT (*', "AND", "house:*", "public~2")
    assert found(places_to_drink, "pub")


# In force at once


def test_a_change_needs_no_restart(client, group, django_capture_on_commit_callbacks):
    made = group("pub", "public house")
    assert asked("pub")[0][1]
    with django_capture_on_commit_callbacks(execute=True):
        made.words = "pub\ntavern"
        save_synonyms(group=made, merged=(), by=None)
    assert asked("pub")[0][1] == {"tavern"}
    with django_capture_on_commit_callbacks(execute=True):
        delete_synonyms(group=made)
    assert asked("pub")[0][1] == set()


def test_another_process_learns_of_it_within_seconds(group, monkeypatch):
    made = group("pub", "public house")
    assert asked("pub")[0][1] == {"public house"}
    # Another process saves, and this one hears only the mark in the shared cache.
    SynonymGroup.objects.filter(pk=made.pk).update(words="pub\ntavern")
    held.caches["shared"].set(held._KEY, "another")
    assert asked("pub")[0][1] == {"public house"}
    now = held.time.monotonic()
    monkeypatch.setattr(held.time, "monotonic", lambda: now + held.SECONDS_BETWEEN_LOOKS)
    assert asked("pub")[0][1] == {"tavern"}


def test_a_search_asks_the_database_for_nothing_once_it_knows(group, django_assert_num_queries):
    group("pub", "public house")
    asked("pub")
    with django_assert_num_queries(0):
        asked("pub")


def test_a_cache_that_is_away_stops_no_search(group, monkeypatch):
    class Away:
        def get_or_set(self, *args, **kwargs):
            raise ConnectionError

        set = get_or_set

    monkeypatch.setattr(held, "caches", {"shared": Away()})
    held.forget()
    group("pub", "public house")
    assert asked("pub")[0][1] == {"public house"}


# The CMS


@pytest.fixture
def moderator(client):
    person = factories.UserFactory(moderator=True)
    client.force_login(person)
    return person


def send(client, name="synonyms:add", args=(), **fields):
    return client.post(reverse(name, args=args), {"words": "", "also_finds": "", "language": "en", **fields})


def test_a_moderator_adds_changes_and_removes_a_group(client, moderator, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, words="pub\r\npublic house").status_code == 302
    made = SynonymGroup.objects.get()
    assert asked("pub")[0][1] == {"public house"}
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, "synonyms:edit", [made.pk], words="pub, tavern").status_code == 302
    assert asked("pub")[0][1] == {"tavern"}
    history = client.get(reverse("synonyms:history", args=[made.pk])).content.decode()
    assert moderator.name in history
    assert "pub, tavern" in client.get(reverse("synonyms:index")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("synonyms:delete", args=[made.pk]))
    assert asked("pub") == [("pub", set())]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"words": "pub"}, "Give two words or phrases at least"),
        ({"words": ",", "also_finds": "pub\ninn"}, "Say which word finds those"),
        ({"words": "", "also_finds": "pub\ninn"}, "This field is required"),
        ({"words": "pub\nx"}, "“x” is a single letter"),
        ({"words": "pub\n& –"}, "“&amp; –” has no letter or number"),
        ({"words": "pub\nPub"}, "“Pub” is given twice"),
        ({"words": "pub\npubs"}, "“pubs” and “pub” are the same word"),
        ({"words": "pub\ninn", "also_finds": "INN"}, "“INN” is given twice"),
        ({"words": "pub\nof the"}, "“of the” is left out of every search"),
        ({"words": "\n".join(f"word{n}" for n in range(13))}, "13 words and phrases are too many"),
        ({"words": "pub\na place to have a drink or two"}, "is longer than 5 words"),
        ({"words": f"pub\n{'a' * 90}"}, "is too long"),
        ({"words": "library\nlibraries", "language": "both"}, "are the same word"),
    ],
)
def test_mistakes_are_named_at_the_field(client, moderator, fields, sentence):
    response = send(client, **({"words": ""} | fields))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not SynonymGroup.objects.exists()


def test_a_word_in_two_groups_is_named_with_its_group_and_can_be_merged(
    client, moderator, group, django_capture_on_commit_callbacks
):
    old = group("pub", "inn", also=["micropub"])
    page = send(client, words="tavern\npubs").content.decode()
    assert "“pubs” is in another group already: “pub, inn → micropub”" in page
    assert 'type="checkbox" name="merge"' in page
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, words="tavern\npubs", merge="on").status_code == 302
    merged = SynonymGroup.objects.get()
    assert merged.pk != old.pk
    assert (merged.word_list, merged.also_list) == (["tavern", "pubs", "inn"], ["micropub"])


def test_merging_offers_no_way_round_the_rules(client, moderator, group):
    group("pub", *(f"house{n}" for n in range(11)))
    page = send(client, words="pub\ntavern", merge="on").content.decode()
    assert "13 words and phrases are too many" in page
    assert SynonymGroup.objects.count() == 1


def test_no_offer_to_merge_where_nothing_is_shared(client, moderator):
    assert 'type="checkbox" name="merge"' not in send(client, words="pub").content.decode()


def test_a_circle_of_one_way_words_is_shown(client, moderator, group):
    group("oak", also=["acorn"])
    group("acorn", also=["tree"])
    page = send(client, words="tree", also_finds="oak").content.decode()
    assert "“tree” → “oak” → “acorn” → “tree”" in page
    assert send(client, words="tree", also_finds="elm").status_code == 302


@pytest.mark.parametrize("role", ["visitor", "subscriber", "author", "lapsed author", "lapsed moderator", "gone"])
def test_the_screens_are_for_moderators(client, role):
    person = None
    if role in {"author", "lapsed author"}:
        person = factories.member(factories.organisation("Stockport"), "author")
    elif role != "visitor":
        person = factories.UserFactory(moderator=role in {"lapsed moderator", "gone"})
    if person:
        client.force_login(person)
    if role == "lapsed author":
        end_membership(membership=person.memberships.get(), by=None)
    elif role == "lapsed moderator":
        person.groups.clear()
    elif role == "gone":
        person.is_active = False
        person.save()
    made = SynonymGroup.objects.create(words="pub\ninn")
    for name, args in (("index", []), ("add", []), ("edit", [made.pk]), ("delete", [made.pk]), ("history", [made.pk])):
        assert client.get(reverse(f"synonyms:{name}", args=args)).status_code in {302, 403}
        assert client.post(reverse(f"synonyms:{name}", args=args), {"words": "a b\nc d"}).status_code in {302, 403, 405}
    assert SynonymGroup.objects.get().words == "pub\ninn"


# The first ones


def test_the_first_synonyms_obey_the_rules_and_are_added_once(capsys):
    assert add_first_synonyms() > 100
    held.forget()
    assert "public house" in asked("pub")[0][1]
    assert "library" in asked("llyfrgelloedd")[0][1]
    number = SynonymGroup.objects.count()
    call_command("load_synonyms")
    assert SynonymGroup.objects.count() == number


def test_boarded_up_houses_are_empty_houses(engine):
    add_first_synonyms()
    held.forget()
    engine.index(
        document(1, "Residents planted the streets, then renovated 11 empty houses"),
        document(2, "A market in an empty shop"),
        document(3, "Board games in the library"),
        document(4, "Derelict mills became workshops"),
    )
    assert found(engine, "boarded up houses nobody wants")[0] == 1
    assert found(engine, "boarded up mills")[0] == 4
    assert found(engine, "boarded up shops")[0] == 2


def test_what_staff_removed_does_not_come_back(client, moderator):
    made = SynonymGroup.objects.create(words="pub\ninn")
    client.post(reverse("synonyms:delete", args=[made.pk]))
    assert add_first_synonyms() == 0
    assert not SynonymGroup.objects.exists()
