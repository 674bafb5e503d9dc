"""A reviewer is shown every field that an author can change: a new field that nobody shows fails here."""

from datetime import date
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from modelcluster.models import get_all_child_relations
from wagtail.documents.models import Document
from wagtail.fields import RichTextField
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from casestudies.models import CaseStudyPage, Indicator, Need
from moderation.comparison import describe, differences
from tests import factories

pytestmark = pytest.mark.django_db

NUMBERS = count()
# Not the author's to change: numbers of imports, and what the editor keeps for itself.
NOT_OF_THE_TEXT = {"page_ptr", "import_id", "import_digest"}
PUBLISHED_OF_EVERY_PAGE = {"title", "slug", "seo_title", "search_description"}
OF_EVERY_PAGE = {field.name for field in Page._meta.get_fields()} - PUBLISHED_OF_EVERY_PAGE
OF_A_ROW = {"id", "page", "sort_order"}


def another(field, now):
    """A value of the field that is not the one it has."""
    if field.choices:
        return next(value for value, _label in field.flatchoices if value and value != now)
    if isinstance(field, models.BooleanField):
        return not now
    values = {
        models.ForeignKey: lambda: made(field.related_model.__name__),
        (models.IntegerField, models.DecimalField, models.FloatField): lambda: 7 if now != 7 else 8,
        models.DateField: lambda: date(2031, 5, 1),
        RichTextField: lambda: "<p>Something that was not there before</p>",
        models.URLField: lambda: "https://somewhere.example/else",
        models.JSONField: lambda: ["something"],
    }
    found = next((make() for kinds, make in values.items() if isinstance(field, kinds)), None)
    return found or ("2031" if type(field).__name__ == "PartialDateField" else "Words")


def made(name):
    return {
        "Image": lambda: get_image_model().objects.create(title="Hall", file=get_test_image_file()),
        "Document": lambda: Document.objects.create(title="Paper", file=SimpleUploadedFile("a.txt", b"a")),
        "ProgrammePage": factories.programme,
        "Place": lambda: factories.PlaceFactory(name="Elsewhere", slug=f"elsewhere-{next(NUMBERS)}"),
        "Indicator": lambda: Indicator.objects.create(name=f"Another {next(NUMBERS)}"),
    }[name]()


def said(rows):
    parts = [html for row in rows for part in row.parts for _label, html in part.fields]
    return [*(row.html for row in rows), *parts]


def test_every_field_of_a_case_study_is_shown_when_it_changes(council):
    published = factories.case_study(council)
    names = [
        field.name
        for field in CaseStudyPage._meta.get_fields()
        if field.name not in OF_EVERY_PAGE | NOT_OF_THE_TEXT and not field.auto_created and field.concrete
    ]
    assert len(names) > 20
    missing = []
    for name in names:
        field = CaseStudyPage._meta.get_field(name)
        submitted = CaseStudyPage.objects.get(pk=published.pk)
        if name == "tags":
            submitted.tags.add("pop-up")
        elif field.many_to_many:
            getattr(submitted, name).set([factories.TopicFactory(name="Quite another", slug="quite-another")])
        else:
            setattr(submitted, name, another(field, getattr(submitted, name)))
        rows = differences(published=CaseStudyPage.objects.get(pk=published.pk), submitted=submitted)
        if len(rows) != 1 or not any(said(rows)):
            missing.append(name)
    assert missing == []


def test_every_field_of_every_row_is_shown_when_it_comes_changes_or_goes(council):
    published = factories.case_study(council)
    missing = []
    for relation in get_all_child_relations(CaseStudyPage):
        accessor, model = relation.get_accessor_name(), relation.related_model
        if accessor == "tagged_items" or not model.__module__.startswith("casestudies."):
            continue
        fields = [field for field in model._meta.concrete_fields if field.name not in OF_A_ROW]
        first = {field.name: another(field, None) for field in fields if not field.null or field.blank}
        before = CaseStudyPage.objects.get(pk=published.pk)
        before.__dict__.pop("_cluster_related_objects", None)
        row = model(pk=90_001, **first)
        getattr(before, accessor).set([row])
        empty = CaseStudyPage.objects.get(pk=published.pk)
        getattr(empty, accessor).set([])
        for a, b, what in ((empty, before, "added"), (before, empty, "removed")):
            parts = [part for one in differences(published=a, submitted=b) for part in one.parts]
            if [part.what for part in parts] != [what]:
                missing.append((accessor, what))
        for field in fields:
            after = CaseStudyPage.objects.get(pk=published.pk)
            changed = model(pk=90_001, **{**first, field.name: another(field, first.get(field.name))})
            if getattr(changed, field.attname) == getattr(row, field.attname):
                setattr(changed, field.attname, None if field.null else "Other words")
            getattr(after, accessor).set([changed])
            rows = differences(published=before, submitted=after)
            if [part.what for one in rows for part in one.parts] != ["changed"]:
                missing.append((accessor, field.name))
        if not describe(submitted=before):
            missing.append((accessor, "described"))
    assert missing == []


def test_what_is_ticked_is_said_in_words(council):
    published = factories.case_study(council)

    def with_need(**facts):
        page = CaseStudyPage.objects.get(pk=published.pk)
        page.needs.set([Need(pk=90_001, need="A shelf", **facts)])
        return page

    def of_needs(rows):
        return [field for row in rows for part in row.parts for field in part.fields]

    label = "It does not work without"
    assert (label, "Yes") in of_needs(describe(submitted=with_need(core=True)))
    assert label not in dict(of_needs(describe(submitted=with_need(core=False))))
    changed = differences(published=with_need(core=True), submitted=with_need(core=False))
    assert of_needs(changed) == [(label, "<del>Yes</del> <ins>No</ins>")]
