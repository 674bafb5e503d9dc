"""`python -m scripts.mail_pictures`: every kind of mail in a browser, at 320 and 640 px, in the light and in the dark.

Prepares a site with the demonstration content in a folder of its own, lets what the mails are about happen there, sends
them into that folder, and writes the pictures, the text parts and the page that shows them: `docs/mail.md`. A folder as
argument is used again where it lies (`python -m scripts.mail_pictures var/mail-pictures`).
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from scripts.screenshots import browser_options
from scripts.site import ROOT, Site

OUT = ROOT / "docs" / "mail"
WIDTHS = (320, 640)
SCHEMES = ("light", "dark")
COLOURS = 48  # Words on plain grounds: more are not seen, and each costs.

# In the order of the page: name, its heading, and when it is sent.
SHOWN = {
    "digest": ("Digest", "Everything new over all follows, daily or weekly; when there is nothing, no mail."),
    "first-digest": ("First digest", "The first says what it is and how to change it."),
    "welsh-digest": ("Digest in Welsh", "For readers who chose Welsh; what others wrote stays in their own words."),
    "reply": ("Reply", "Somebody answered a comment."),
    "mention": ("Mention", "Somebody named the reader in a comment."),
    "adoption": ("Adoption", "Another place tries what the reader wrote about."),
    "bundle": ("Several at once", "Notices that come within ten minutes are one mail."),
    "ask": ("Ask", "Somebody asks about what the reader has done."),
    "answer": ("Answer", "An answer to what the reader asked."),
    "question": ("Is it still true?", "Once a month at most, for everything that somebody wrote."),
    "decision": ("Decision", "What moderators decided about somebody's work, which rule it was, and what to do now."),
    "review": ("Approval", "Something waits for the reader's decision."),
    "follow": ("Confirm a follow", "A visitor gave this address; nothing is sent before they confirm it."),
    "login_code": ("Code to sign in", "In place of a password; it works for a few minutes."),
    "email_confirmation_signup": ("Confirm an address", "After signing up."),
    "password_reset_key": ("New password", "Somebody asked to set one."),
    "unknown_account": ("No such account", "Somebody typed an address that nobody has an account with."),
    "totp_activated": ("News of the account", "Password, address or second step changed; it cannot be switched off."),
    "address": ("Does this address work?", "Mail to it came back, and its owner wants it again."),
    "letter": ("Letter", "About moderation, membership or the account: each room writes its own in this frame."),
    "site": ("Composed by the CMS", "What Wagtail and Django mail by themselves, in the same frame."),
}


def main() -> int:
    with ExitStack() as stack:
        named = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
        folder = named or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepare(folder)
        mails = dict(scenes(folder))
        OUT.mkdir(parents=True, exist_ok=True)
        for old in [*OUT.glob("*.png"), *OUT.glob("*.txt")]:
            old.unlink()
        browser = stack.enter_context(sync_playwright()).chromium.launch(**browser_options())
        for name in SHOWN.keys() & mails.keys():
            (OUT / f"{name}.txt").write_text(_part(mails[name], "plain").replace("\r\n", "\n"), encoding="utf-8")
            take(browser, name, _part(mails[name], "html"))
        browser.close()
    (ROOT / "docs" / "mail.md").write_text(page(mails), encoding="utf-8")
    size = sum(path.stat().st_size for path in OUT.iterdir())
    print(f"{len(mails)} kinds of mail, {size // 1024} KB in {OUT.relative_to(ROOT)}")
    missing = SHOWN.keys() - mails.keys()
    print(f"Not sent: {', '.join(sorted(missing))}." if missing else "All were sent.")
    return 0


def prepare(folder: Path) -> None:
    """The demonstration content, and Django in this process upon it."""
    folder.mkdir(parents=True, exist_ok=True)
    site = Site(folder, environment={"BASE_URL": "http://localhost:8000", "EMAIL_URL": f"file://{folder / 'mail'}"})
    if not (folder / "db.sqlite3").exists():
        site.manage("prepare", timeout=900)
    os.environ.update(site.environment)
    import django

    django.setup()


def scenes(folder: Path) -> Iterator[tuple[str, EmailMessage]]:
    """(name, mail): everything that is shown, from what now happens on the site."""
    from scripts import mail_scenes

    mail_scenes.play()
    letters = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted((folder / "mail").glob("*.eml"))
    ]
    yield from mail_scenes.named({str(letter["Message-ID"]): letter for letter in letters})


def take(browser: Browser, name: str, html: str) -> None:
    for scheme in SCHEMES:
        for width in WIDTHS:
            context = browser.new_context(
                viewport={"width": width, "height": 400}, color_scheme=scheme, device_scale_factor=1
            )
            tab = context.new_page()
            tab.set_content(html)
            wide = tab.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                print(f"{name} is {wide} px wide at {width}.", file=sys.stderr)
            picture = Image.open(io.BytesIO(tab.screenshot(full_page=True)))
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(OUT / f"{name}-{width}-{scheme}.png", optimize=True)
            context.close()


def page(mails: dict[str, EmailMessage]) -> str:
    """`docs/mail.md`: each kind with its subject, four pictures and its text; and what templates they are of."""
    from scripts.mail_scenes import fingerprint

    lines = [
        "# The mails",
        "",
        "Each kind of mail as a browser shows it, at 640 and 320 pixels, in the light and in the dark, and its text.",
        "They are made of the demonstration content by `python -m scripts.mail_pictures`.",
        "",
    ]
    for name, (heading, words) in SHOWN.items():
        if name not in mails:
            continue
        lines += [f"## {heading}", "", f"{words} Subject: “{mails[name]['Subject']}”.", ""]
        for scheme in SCHEMES:
            lines.append(
                " ".join(
                    f'<img src="mail/{name}-{width}-{scheme}.png" width="{width // 2}" '
                    f'alt="{heading}, {width} pixels wide, {scheme}">'
                    for width in reversed(WIDTHS)
                )
            )
        lines += ["", f"[Its text part](mail/{name}.txt)", ""]
    return "\n".join([*lines, f"<!-- Drawn with the templates {fingerprint()}. -->", ""])


def _part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    return str(body.get_content()) if body else ""


if __name__ == "__main__":
    sys.exit(main())
