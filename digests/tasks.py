"""Thin: which work, not how. Rung by beat and after commits; two at once share the rows between them."""

from celery import shared_task

from core.celery import task
from digests import services


@shared_task(ignore_result=True)
def plan_due_runs() -> None:
    services.plan_due_runs()


@shared_task(ignore_result=True)
def send_waiting_mail() -> None:
    services.send_waiting()


@shared_task(ignore_result=True)
def forget_searches() -> None:
    services.forget_searches()


@shared_task(ignore_result=True)
def ask_what_is_due() -> None:
    services.ask_what_is_due()


@shared_task(ignore_result=True)
def forget_follow_requests() -> None:
    services.forget_follow_requests()


@task()
def work_off_deeds() -> None:
    """What staff asked for with many mails."""
    from digests.staff import mails

    mails.work_off()


@shared_task(ignore_result=True)
def forget_mail() -> None:
    services.forget_mail()
