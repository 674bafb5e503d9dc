"""What beat rings for: a name that no worker knows would be rung for ever and never heard."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from casestudies.models import CaseStudyPage
from core.models import Event
from core.tasks import publish_scheduled
from network.celery import app
from tests import factories


def test_every_alarm_has_somebody_who_answers():
    app.loader.import_default_modules()
    rung = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert rung
    assert rung - set(app.tasks) == set()


@pytest.mark.django_db
def test_a_page_whose_time_has_come_is_published_and_said_to_be():
    page = factories.case_study(factories.organisation(), live=False)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert not CaseStudyPage.objects.get(pk=page.pk).live
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        publish_scheduled()
    assert CaseStudyPage.objects.get(pk=page.pk).live
    assert Event.objects.filter(kind="case_study.published", subject_id=page.pk).count() == 1
