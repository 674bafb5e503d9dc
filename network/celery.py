"""The Celery application: an alarm clock for work whose record is in the database."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

app = Celery("network", task_cls="core.celery:Task")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Times are Europe/London (CELERY_TIMEZONE), clock changes included.
app.conf.beat_schedule = {
    "deliver events that a lost message left behind": {"task": "core.tasks.deliver_due", "schedule": 30.0},
    "plan the digests that are due": {"task": "digests.tasks.plan_due_runs", "schedule": crontab()},
    "ask whether what is written is still true": {
        "task": "digests.tasks.ask_what_is_due",
        "schedule": crontab(hour=9, minute=40, day_of_week="mon-fri"),
    },
    "bring up again what nobody has answered": {
        "task": "discussion.tasks.raise_unanswered_asks",
        "schedule": crontab(hour=7, minute=30),
    },
    "tell what opens and what closes soon": {
        "task": "places.tasks.tell_of_opportunities",
        "schedule": crontab(minute="*/5"),
    },
    "put together the data that people asked for": {"task": "accounts.tasks.prepare_exports", "schedule": 300.0},
    "delete the accounts whose owners left": {
        "task": "accounts.tasks.close_accounts",
        "schedule": crontab(hour=3, minute=50),
    },
    "send waiting mail": {"task": "digests.tasks.send_waiting_mail", "schedule": 30.0},
    "do what staff asked for with many mails": {"task": "digests.tasks.work_off_deeds", "schedule": 60.0},
    "compare the search index with the database": {
        "task": "search.tasks.check_index",
        "schedule": crontab(hour=3, minute=20),
    },
    "write the open data": {"task": "api.tasks.write_nightly_archive", "schedule": crontab(hour=3, minute=40)},
    "tell people of a change of the terms": {
        "task": "core.tasks.tell_of_changes",
        "schedule": crontab(hour=8, minute=20),
    },
    "remind of the provider's records that are due": {
        "task": "core.tasks.remind_of_reviews",
        "schedule": crontab(hour=8, minute=5),
    },
    "forget what has been kept long enough": {
        "task": "core.tasks.forget_what_is_due",
        "schedule": crontab(hour=4, minute=10),
    },
    "forget words of mails and addresses of people who left": {
        "task": "digests.tasks.forget_mail",
        "schedule": crontab(hour=4, minute=25),
    },
    "leave the groups of memberships that have lapsed": {
        "task": "members.tasks.settle_memberships",
        "schedule": crontab(hour=0, minute=10),
    },
    "make the search index where there is none": {"task": "search.tasks.ensure_index", "schedule": 60.0},
    "count how often topics come up": {"task": "search.tasks.count_topics", "schedule": 300.0},
    "say what has waited for a moderator too long": {
        "task": "moderation.tasks.tell_what_is_overdue",
        "schedule": crontab(minute=25),
    },
    "publish what is scheduled": {"task": "core.tasks.publish_scheduled", "schedule": crontab(minute="*/10")},
}
