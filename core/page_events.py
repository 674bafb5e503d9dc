"""Wagtail's page signals, translated into events. Each package says for its page types what an event touches."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models.signals import pre_delete
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from core import events
from core.events.record import Target

Touches = Callable[[Any], Iterable[Target]]
Facts = Callable[[Any], dict[str, Any]]


def translate(model: type[Any], *, subject: str, touches: Touches, facts: Facts = lambda page: {}) -> None:
    """Record `<subject>.published | updated | unpublished | moved | deleted` for pages of `model`.

    `published` is the first publication, `updated` each later one. Data holds the title, which is public for
    everything that is listed, and the `facts`, which must be so too.
    """
    uid = f"{subject} events"

    def record(verb: str, page: Any, by: Any = None) -> None:
        events.record(
            kind=f"{subject}.{verb}",
            subject=(subject, page.pk),
            by=by,
            targets=list(touches(page)),
            data={"title": page.title, **facts(page)},
        )

    def published(sender: Any, instance: Any, revision: Any = None, **kwargs: Any) -> None:
        if not instance.live:  # Wagtail sends this too when a publication is only scheduled
            return
        first = instance.first_published_at == instance.last_published_at
        record("published" if first else "updated", instance, getattr(revision, "user", None))

    def unpublished(sender: Any, instance: Any, **kwargs: Any) -> None:
        record("unpublished", instance)

    def moved(sender: Any, instance: Any, **kwargs: Any) -> None:
        # Wagtail names the sender by its own type and hands over a plain Page.
        if instance.live:
            record("moved", instance.specific)

    def deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
        record("deleted", instance)

    page_published.connect(published, sender=model, dispatch_uid=uid, weak=False)
    page_unpublished.connect(unpublished, sender=model, dispatch_uid=uid, weak=False)
    post_page_move.connect(moved, sender=model, dispatch_uid=f"{uid} move", weak=False)
    page_slug_changed.connect(moved, sender=model, dispatch_uid=f"{uid} slug", weak=False)
    pre_delete.connect(deleted, sender=model, dispatch_uid=uid, weak=False)
