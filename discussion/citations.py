"""Case studies that comments have a link to, whether in a whole address or only in its path."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Site

from casestudies.models import CaseStudyPage
from core.cards import Card
from discussion.models import Comment, CommentCitation
from members.models import OrganisationPage
from members.permissions import is_member

MOST = 5
# An address of a case study, with its host or without; a host that is not ours is somebody else's page.
_ADDRESS = re.compile(r"(?:(?:https?://)?([\w.:-]+))?/(?:cy/)?councils/([\w-]+)/([\w-]+)")


def keep_citations(*, comment: Comment) -> None:
    """Make the rows say what the text says now. A link to a draft is no citation: nobody is to learn that it exists."""
    cited = cited_in(comment.body)
    comment.citations.exclude(case_study__in=cited).delete()
    CommentCitation.objects.bulk_create(
        [CommentCitation(comment=comment, case_study_id=pk) for pk in cited], ignore_conflicts=True
    )


def cited_in(text: str) -> list[int]:
    """The published case studies that a text has links to, in its order, each once."""
    found = [match.groups() for match in _ADDRESS.finditer(text)]
    if not found:
        return []
    hosts = {urlsplit(settings.BASE_URL).netloc, *Site.objects.values_list("hostname", flat=True)}
    roots = [root.root_path for root in Site.get_site_root_paths()]
    paths = [
        f"{root}councils/{council}/{slug}/"
        for host, council, slug in found
        if host is None or _is_ours(host, hosts)
        for root in roots
    ]
    pages = dict(CaseStudyPage.objects.listed().filter(url_path__in=paths).values_list("url_path", "pk"))
    return list(dict.fromkeys(pages[path] for path in paths if path in pages))[:MOST]


def _is_ours(host: str, hosts: Collection[str]) -> bool:
    """With the port of any of our processes."""
    name, _, port = host.partition(":")
    return host in hosts or (name in hosts and port.isdecimal())


def cards_of(comments: Iterable[Comment], user: Any) -> dict[int, list[Card]]:
    """Comment → cards of what it cites, in three queries whatever their number; none where no text has an address.

    Of a case study for members others see the title alone; of one that is no longer published nobody sees anything.
    """
    ids = [one.pk for one in comments if _ADDRESS.search(one.body)]
    if not ids:
        return {}
    rows = list(CommentCitation.objects.filter(comment__in=ids, case_study__live=True).select_related("case_study"))
    councils = _councils(row.case_study for row in rows)
    insider = bool(rows) and is_member(user)
    found: dict[int, list[Card]] = defaultdict(list)
    for row in rows:
        found[row.comment_id].append(
            _card(row.case_study, councils, whole=insider or not row.case_study.is_members_only)
        )
    return found


def cards_cited_in(text: str, user: Any) -> list[Card]:
    """The same for a text that is not stored yet."""
    found = CaseStudyPage.objects.in_bulk(cited_in(text))
    councils = _councils(found.values())
    return [_card(page, councils, whole=not page.is_members_only or is_member(user)) for page in found.values()]


def with_titles(html: SafeString, cards: Iterable[Card]) -> SafeString:
    """Where a text has the address of something cited, its title stands instead. `html` is clean."""
    for card in cards:
        link = re.compile(f'(?<=<a href=")([^"]*{re.escape(escape(card.url))}"[^>]*>)[^<]*(?=</a>)')
        title = escape(card.title).replace("\\", r"\\")
        html = mark_safe(link.sub(rf"\g<1>{title}", html))  # noqa: S308 - both are escaped
    return html


def _card(page: CaseStudyPage, councils: dict[str, str], *, whole: bool) -> Card:
    url = page.get_url() or "/"
    if not whole:
        return Card(title=page.title, url=url, members_only=True)
    return Card(
        title=page.title,
        url=url,
        council=councils.get(page.path[: -page.steplen], ""),
        outcome=page.outcome,
        members_only=page.is_members_only,
    )


def _councils(pages: Iterable[CaseStudyPage]) -> dict[str, str]:
    paths = {page.path[: -page.steplen] for page in pages}
    if not paths:
        return {}
    return dict(OrganisationPage.objects.filter(path__in=paths).values_list("path", "organisation__short_name"))
