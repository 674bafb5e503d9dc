"""What happens when the last step of the workflow approves (`WAGTAIL_FINISH_WORKFLOW_ACTION`)."""

from typing import Any


def publish_reviewed_revision(workflow_state: Any, user: Any = None) -> None:
    """Publish the revision that was reviewed. Wagtail's default publishes the latest, reviewed or not.

    Reviewers hold no publishing permission on other people's pages: the approval itself is the right.
    """
    workflow_state.current_task_state.revision.publish(user=user, skip_permission_checks=True)
