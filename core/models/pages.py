"""What every page of the network has in common, the home page and the site's own standing pages."""

from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page, PageViewRestriction

from core.page_permissions import PagePermissions, StructurePermissions

PROSE_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
GUIDES = {"how": "how-it-works", "writing": "writing-a-case-study"}
MAX_DEPTH = 6  # of an address; deeper ones are nobody's


class BasePage(Page):
    """A page whose publication, withdrawal and deletion are one transaction with the events they cause."""

    # The language switch keeps a reader on the same page; there is no privacy outside the page's own revisions.
    private_page_options: list[str] = []
    # Others stand under it: only administrators move, copy, withdraw or delete it.
    is_structure: ClassVar[bool] = False

    class Meta:
        abstract = True

    def get_view_restrictions(self) -> Any:
        """Wagtail's own question in one query: restrictions of this page, of those above, and of what they mirror.

        In none where the home page, which found this page, saw on the way that there are none.
        """
        if getattr(self, "_found_unrestricted", False):
            return PageViewRestriction.objects.none()
        paths = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(Q(page__path__in=paths) | Q(page__aliases__path__in=paths)).distinct()

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """What is at an address of our own (a briefing, a feed, a calendar) is found by the ASCII letters of its slug.

        Wagtail's form has a script for that and its model takes any letters; nothing left is made anew of the title.
        """
        typed: str = self.slug  # type: ignore[has-type]  # Wagtail's, which has no types
        if not typed.isascii():
            self.slug = slugify(typed)
        super().full_clean(*args, **kwargs)

    def permissions_for_user(self, user: Any) -> PagePermissions:
        return (StructurePermissions if self.is_structure else PagePermissions)(user, self)

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().publish(*args, **kwargs)

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().unpublish(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().delete(*args, **kwargs)


class HomePage(BasePage):
    """The root of the site. Its lists are filled by the template tags of the packages that own them."""

    statement = models.CharField(
        _("what this is"),
        max_length=200,
        default="Councils and communities write down what they tried, what it cost, "
        "what changed and what did not work.",
        help_text=_("One sentence under the name of the network."),
    )

    content_panels = [*Page.content_panels, FieldPanel("statement")]
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    is_structure = True
    template = "core/home.html"

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """`guides`: the standing pages that the home page points to, those of them that exist."""
        found = {page.slug: page for page in InformationPage.objects.live().filter(slug__in=GUIDES.values())}
        guides = {name: found.get(slug) for name, slug in GUIDES.items()}
        return {**super().get_context(request, *args, **kwargs), "guides": guides}

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find a page below by all its slugs at once.

        Wagtail asks twice for each level of the address; this asks twice, however deep. What is not found this
        way (an address that a page between resolves by itself) goes Wagtail's way.
        """
        if not path_components or len(path_components) > MAX_DEPTH:
            return super().route(request, path_components)
        below = {
            (page.path[: -self.steplen], page.slug): page
            for page in Page.objects.filter(
                path__startswith=self.path,
                depth__gt=self.depth,
                depth__lte=self.depth + len(path_components),
                slug__in=path_components,
            ).annotate(restricted=_restricted(self.path))
        }
        found: Page | None = None
        path, restricted = self.path, False
        for slug in path_components:
            found = below.get((path, slug))
            if found is None:
                return super().route(request, path_components)
            path, restricted = found.path, restricted or found.restricted
        page = _whole(found)
        page._found_unrestricted = not restricted
        return page.route(request, [])

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


def _whole(page: Any) -> Any:
    """The page as its own kind, with the rows that its kind says it `comes_with`, in one query."""
    needs = getattr(page.specific_class, "comes_with", ())
    return page.specific_class.objects.select_related(*needs).get(pk=page.pk) if needs else page.specific


def _restricted(home: str) -> Exists:
    """Whether a page of the query, the home page (by its path) or the root has a restriction of its own."""
    above = [home[:end] for end in range(Page.steplen, len(home) + 1, Page.steplen)]
    return Exists(
        PageViewRestriction.objects.filter(
            Q(page=OuterRef("pk")) | Q(page__aliases=OuterRef("pk")) | Q(page__path__in=above)
        )
    )


class InformationPage(BasePage):
    """A standing page of the network itself: about, how it works, accessibility statement, privacy."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = RichTextField(_("text"), features=PROSE_FEATURES)
    show_in_footer = models.BooleanField(_("link from the foot of every page"), default=False)

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    promote_panels = [*Page.promote_panels, FieldPanel("show_in_footer")]
    parent_page_types = ["core.HomePage"]
    subpage_types: list[str] = []
    template = "core/information_page.html"

    class Meta:
        verbose_name = _("information page")
        verbose_name_plural = _("information pages")
