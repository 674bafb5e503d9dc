"""Whose files are whose: images and documents lie in their organisation's collection."""

from typing import Any

from wagtail.permissions import policy_registry

from members.models import Organisation, Role
from members.permissions import is_moderator


def may_use_file(user: Any, file: Any) -> bool:
    """Whether the person works with the collection in which an image or a document lies, or reviews what uses it."""
    if not user.is_authenticated:
        return False
    if is_moderator(user) or policy_registry.get(file).user_has_permission_for_instance(user, "choose", file):
        return True
    reviewed = Organisation.objects.with_role(user, Role.APPROVER, Role.LEAD)
    return reviewed.filter(collection=file.collection_id).exists()
