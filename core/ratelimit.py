"""A small rate limit on the cache's `add` and `incr`, for what people do by hand: comments, reports.

Windows are fixed: `limit` times in each stretch of `seconds`. With several web processes the cache must be shared
(Redis); each process counts for itself on the embedded default.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format


def allow(key: str, limit: int, seconds: int) -> bool:
    """Count one attempt under `key`; False when this one is over the limit."""
    window = int(time.time() // seconds)
    name = f"limit:{key}:{seconds}:{window}"
    if cache.add(name, 1, timeout=seconds):
        return limit >= 1
    try:
        return cache.incr(name) <= limit
    except ValueError:  # it expired between the two
        cache.set(name, 1, timeout=seconds)
        return limit >= 1


def seconds_left(seconds: int) -> int:
    """When the window of that length ends: who was refused by `allow` may try again then."""
    return int(seconds - time.time() % seconds)


def again_at(seconds: int) -> str:
    """When the present window of `seconds` ends, as people say it: “10:40”, with the day if that is another one."""
    end = datetime.fromtimestamp((time.time() // seconds + 1) * seconds, tz=timezone.get_default_timezone())
    # A minute too late rather than too early.
    end = end if end.second == 0 else end + timedelta(minutes=1)
    same_day = end.date() == timezone.localdate()
    return date_format(end, "H:i") if same_day else f"{date_format(end, 'H:i')}, {date_format(end, 'j F')}"


def visitor_key(request: HttpRequest) -> str:
    """Who asks: the signed-in person, else a keyed hash of the address (the address itself is not kept)."""
    if request.user.is_authenticated:
        return f"person:{request.user.pk}"
    return "address:" + salted_hmac("core.ratelimit", client_address(request)).hexdigest()[:24]


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; the connection's own without a proxy."""
    trusted = settings.TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if trusted and len(forwarded) >= trusted:
        return forwarded[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))
