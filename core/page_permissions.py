"""What Wagtail lets people do to a page, less what this network keeps to its administrators.

Wagtail's permissions run down the tree from the page they are given on, and include that page: who may
write under a council's page could otherwise withdraw, move or copy the council's page itself.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from wagtail.models import GroupPagePermission, Page, PagePermissionTester


class PagePermissions(PagePermissionTester):
    """Who may read is a field of the page, reviewed with its text. Nobody sets it beside the revisions."""

    def can_set_view_restrictions(self) -> bool:
        return False


class StructurePermissions(PagePermissions):
    """For the pages that others stand under: their text is written and reviewed, their place is the administrators'."""

    @property
    def _administrator(self) -> bool:
        return bool(self.user.is_active and self.user.is_superuser)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return self._administrator and super().can_delete(ignore_bulk=ignore_bulk)

    def can_move(self) -> bool:
        return self._administrator and super().can_move()

    def can_copy(self) -> bool:
        return self._administrator and super().can_copy()

    def can_unpublish(self) -> bool:
        return self._administrator and super().can_unpublish()

    def can_reorder_children(self) -> bool:
        return self._administrator and super().can_reorder_children()


def allow_on_page(group: Group, page: Page, names: Iterable[str]) -> None:
    """Give a group Wagtail's permissions of these names ("add", "publish" …) from a page downwards; safe to repeat."""
    held = set(
        GroupPagePermission.objects.filter(group=group, page=page).values_list("permission__codename", flat=True)
    )
    for name in names:
        if f"{name}_page" not in held:
            GroupPagePermission.objects.create(group=group, page=page, permission_type=name)
