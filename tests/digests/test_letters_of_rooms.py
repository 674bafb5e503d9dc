"""Letters that any room sends through `core.post`."""

import pytest

from core import post
from digests import services
from digests.models import OutgoingEmail
from tests import factories

pytestmark = pytest.mark.django_db


@post.words("test_plain", sample={"what": "a sample"})
def _plain(facts):
    return post.Words(subject=f"About {facts['what']}", lead="Something happened", quote=facts["what"], why="Because.")


def test_a_letter_goes_once_for_its_key_and_nothing_of_it_stays(mailoutbox):
    person = factories.UserFactory(email="nia@example.org")
    for _time in range(2):
        post.send(name="test_plain", key="one", person=person, facts={"what": "the harbour wall"})
    post.send(name="test_plain", key="two", address="nobody@example.org", language="cy", facts={"what": "the quay"})
    assert "harbour" not in str(list(OutgoingEmail.objects.values())), "sealed while it waits"
    services.send_waiting()
    assert {(one.to[0], one.subject) for one in mailoutbox} == {
        ("nia@example.org", "About the harbour wall"),
        ("nobody@example.org", "About the quay"),
    }
    assert "the harbour wall" in mailoutbox[0].body + mailoutbox[1].body
    assert not OutgoingEmail.objects.exclude(text="", html="").exists(), "erased when it has gone"


def test_a_letter_that_cannot_be_sent_is_refused_before_anything_is_written():
    person = factories.UserFactory()
    for error, given in (
        (LookupError, {"name": "test_unheard_of", "key": "one", "person": person}),
        (ValueError, {"name": "test_plain", "key": "one"}),
        (ValueError, {"name": "test_plain", "key": "one", "person": person, "address": "a@example.org"}),
        (ValueError, {"name": "test_plain", "key": "x" * 101, "person": person}),
    ):
        with pytest.raises(error):
            post.send(**given)
    assert not OutgoingEmail.objects.exists()
