"""What beat rings for in this room."""

from celery import shared_task

from accounts import sessions


@shared_task
def forget_ended_sessions() -> None:
    sessions.forget_what_is_over()
