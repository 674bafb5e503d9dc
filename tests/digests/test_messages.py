"""The bytes of a message: the same as the standard library would make of it, only sooner."""

import itertools
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.mime import Message

TEXT = "Siop y mis: ‘café’ – £5 = dim ond pum punt\n\n.\n.. a dot, and a very " + "long " * 300 + "line \nFrom here\n"


def message(text=TEXT, html=f"<p>{TEXT}</p>", subject="Beth sy’n newydd"):
    made = Message(
        subject=subject,
        body=text,
        from_email="Connected Localism <network@example.org>",
        to=["rhian@example.org"],
        headers={"Message-ID": "<1@example.org>", "List-Unsubscribe": f"<https://example.org/{'x' * 300}>"},
    )
    made.attach_alternative(html, "text/html")
    return made.message()


def slowly(made, linesep):
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False).flatten(made, linesep=linesep)
    return out.getvalue()


@pytest.mark.parametrize("linesep", ["\n", "\r\n"])
def test_the_bytes_are_those_of_the_standard_library(linesep):
    made = message()
    assert made.as_bytes(linesep=linesep) == slowly(made, linesep)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])),
)
def test_whatever_is_written_arrives(text, html):
    made = message(text, html)
    raw = made.as_bytes(linesep="\r\n")
    assert raw == slowly(made, "\r\n")
    arrived = message_from_bytes(raw, policy=policy.default)
    assert arrived.get_body(("plain",)).get_content().removesuffix("\r\n") == text
    assert arrived.get_body(("html",)).get_content().removesuffix("\r\n") == html


def test_lines_are_as_short_as_mail_wants_them_and_headers_on_one_line():
    raw = message().as_bytes(linesep="\r\n")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert any(line.startswith(b"List-Unsubscribe: <https://") for line in head.split(b"\r\n"))
    assert all(byte < 128 for byte in raw)


@pytest.mark.parametrize(
    "words", ["End\r.\r\nMAIL FROM:<x@example.org>", "End\r\n.\rDATA", "\r.\r", "One\r\n\r\nTwo\r\n"]
)
def test_no_end_of_a_line_stands_alone_so_nobody_ends_a_message_within_their_words(words):
    made = message(words, f"<p>{words}</p>")
    raw = made.as_bytes(linesep="\r\n")
    assert raw == slowly(made, "\r\n")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_header_of_two_lines_is_refused():
    from django.core.mail import BadHeaderError

    with pytest.raises(BadHeaderError):
        message(subject="New\nBcc: everybody@example.org")


@given(subject=st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=150))
def test_whatever_the_subject_says_it_says_in_the_mailbox_and_its_lines_are_short(subject):
    made = message(subject=subject).as_bytes(linesep="\r\n")

    head = made.partition(b"\r\n\r\n")[0]
    lines = head[head.index(b"Subject:") :].split(b"\r\n")
    of_subject = [lines[0], *itertools.takewhile(lambda line: line.startswith(b" "), lines[1:])]
    assert subject.isascii() or max(map(len, of_subject)) <= 76
    assert str(message_from_bytes(made, policy=policy.default)["Subject"]).split() == subject.split()
