"""Pages for an anonymous reader, in process: statements and requests a second, and the bytes of a first visit."""

import gzip
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.test import Client

from bench import content, figures
from casestudies.importing import Known, RawRow, import_case_studies, validate
from casestudies.models import CaseStudyPage
from core.delivery import deliver_all

SIZE = 300
REQUESTS = 40
ASSET = re.compile(rf'(?:href|src)="{settings.STATIC_URL}([^"?#]+\.(?:css|js))"')


def measure(size: int) -> dict[str, Any]:
    known = Known()
    rows = (RawRow(line=line, values=row) for line, row in enumerate(content.rows(size), start=1))
    import_case_studies(validate(rows, known=known), known=known)
    deliver_all()  # so that the search page has something to find
    case_study = CaseStudyPage.objects.live().order_by("pk")[0]
    paths = {
        "home": "/",
        "case_study": case_study.get_url(),
        "council": case_study.get_parent().get_url(),
        "topic": "/topics/bench-topic-1/",
        "search": "/search/?q=market",
    }
    pages = {name: _page(path) for name, path in paths.items()}
    heaviest = max(page["weight_kb"] for page in pages.values())
    return {"pages": pages, "heaviest_kb": heaviest, "ratio": round(heaviest / 100, 2)}


def _page(path: str) -> dict[str, Any]:
    client = Client(SERVER_NAME="localhost")

    def visit() -> Any:
        cache.clear()  # uncached: whatever a page cache holds is gone
        response = client.get(path)
        figures.expect(response.status_code == 200, f"{path} answered {response.status_code}")
        return response

    html = visit().content
    return {
        "statements": figures.queries(visit),
        **figures.rate(REQUESTS, lambda: [visit() for _ in range(REQUESTS)]),
        **_weight(html),
    }


def _weight(html: bytes) -> dict[str, float]:
    """KB as sent, compressed with gzip: the HTML, and with it every style sheet and script of ours that it names."""
    own = len(gzip.compress(html))
    assets = {Path(settings.STATIC_ROOT) / name for name in ASSET.findall(html.decode())}
    rest = sum(len(gzip.compress(path.read_bytes())) for path in assets)
    return {"html_kb": round(own / 1024, 1), "weight_kb": round((own + rest) / 1024, 1), "assets": len(assets)}
