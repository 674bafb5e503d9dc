"""The Welsh catalogue: in step with the code, whole where we write to people, and safe to put words into."""

import re
from collections import Counter

import polib
import pytest

from scripts.messages import CATALOGUE, Message, used

# What a reader of Welsh gets by mail, and the pages that a mail leads to.
WHOLE = ("digests", "templates/emails", "templates/digests", "templates/account", "accounts")
STAFF = (
    "digests/staff",
    "templates/digests/staff",
    "digests/models/staff.py",
    "digests/wagtail_hooks.py",
    "accounts/wagtail_users.py",
)
PLACE = re.compile(r"%(?:\(\w+\))?[sd]|</?\w+[^>]*>|https?://\S+")


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(CATALOGUE))


def test_every_string_is_in_the_catalogue(catalogue):
    known = {Message(one.msgctxt or "", one.msgid, one.msgid_plural or "") for one in catalogue}
    assert known == set(used()), "run “make messages”"


def test_what_runs_is_what_was_translated(catalogue):
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {(one.msgctxt, one.msgid): one.msgstr_plural or one.msgstr for one in compiled} == {
        (one.msgctxt, one.msgid): one.msgstr_plural or one.msgstr for one in catalogue if one.translated()
    }, "run “make messages”"


def test_mail_and_what_it_leads_to_are_in_welsh_throughout(catalogue):
    english = {(one.msgctxt or "", one.msgid) for one in catalogue.untranslated_entries()}
    read = {one for one, files in used(*WHOLE).items() if not all(file.startswith(STAFF) for file in files)}
    assert [one.words for one in read if (one.context, one.words) in english] == []


def test_a_translation_takes_the_same_words_in(catalogue):
    """A placeholder that is lost hides a name; one that is made up breaks the page."""
    for one in catalogue.translated_entries():
        wanted = Counter(PLACE.findall(one.msgid_plural or one.msgid))
        for text in [one.msgstr] if not one.msgid_plural else one.msgstr_plural.values():
            found = Counter(PLACE.findall(text))
            if one.msgid_plural:  # “one” may do without its number
                found, wanted = +Counter(dict.fromkeys(found, 1)), +Counter(dict.fromkeys(wanted, 1))
                assert found <= wanted, one.msgid
            else:
                assert found == wanted, one.msgid
            assert text.startswith("\n") == one.msgid.startswith("\n"), one.msgid
            assert text.endswith("\n") == one.msgid.endswith("\n"), one.msgid
