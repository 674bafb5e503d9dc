"""Importing case studies: rows a second, memory, statements a row, and how many times a page-by-page import that is."""

import json
import tempfile
from pathlib import Path
from typing import Any

from bench import content, figures
from casestudies.importing import Known, RawRow, import_case_studies, read_rows, validate
from casestudies.models import CaseStudyPage

SIZE = 2_000
BY_HAND = 20


def measure(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in content.rows(size))
        known = Known()
        first = size // 10

        def run(start: int, stop: int) -> None:
            rows = (raw for raw in read_rows(path) if start < raw.line <= stop)
            report = import_case_studies(validate(rows, known=known), known=known)
            figures.expect(report.created == stop - start, str(report))

        run(0, first)
        memory_after_tenth = figures.peak_mb()
        ours = figures.rate(size - first, lambda: run(first, size))
        memory_at_end = figures.peak_mb()
        unchanged = figures.rate(size, lambda: import_case_studies(validate(read_rows(path), known=known), known=known))
    statements = figures.queries(lambda: _import(range(size, size + 200), known))
    by_page = figures.rate(BY_HAND, lambda: _page_by_page(known))
    return {
        "import": ours,
        "unchanged": unchanged,
        "statements_per_row": round(statements / 200, 1),
        "peak_mb_after_a_tenth": memory_after_tenth,
        "peak_mb": memory_at_end,
        "page_by_page": by_page,
        "ratio": round(ours["per_cpu_second"] / by_page["per_cpu_second"], 1),
    }


def _import(numbers: range, known: Known) -> None:
    rows = list(content.rows(numbers.stop))[numbers.start :]
    raw = (RawRow(line=line, values=row) for line, row in enumerate(rows, start=1))
    import_case_studies(validate(raw, known=known), known=known)


def _page_by_page(known: Known) -> None:
    """The same content through Wagtail's own doors: into the tree, a revision, its publication."""
    source = list(CaseStudyPage.objects.order_by("pk")[:BY_HAND])
    for number, one in enumerate(source):
        parent = one.get_parent()
        page = CaseStudyPage(title=one.title, slug=f"by-hand-{number}", summary=one.summary, live=False)
        parent.add_child(instance=page)
        for name in ("problem", "who_for", "approach", "results", "did_not_work", "outcome", "started"):
            setattr(page, name, getattr(one, name))
        for name in ("measures", "lessons", "milestones", "needs", "sources"):
            manager = getattr(page, name)
            fields = [field.name for field in manager.model._meta.concrete_fields if field.name not in {"id", "page"}]
            rows = getattr(one, name).all()
            manager.set([manager.model(**{field: getattr(row, field) for field in fields}) for row in rows])
        page.case_study_places.set(
            [page.case_study_places.model(place=row.place) for row in one.case_study_places.all()]
        )
        page.topics.set(list(one.topics.all()))
        page.tags.set([tag.name for tag in one.tags.all()])
        page.save()
        page.save_revision().publish()
