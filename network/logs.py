"""Logs: one line an event, with the request's or task's id; JSON in production, plain text on a desk.

Tracebacks are always written, but never with local variables: those hold passwords and members' text. What else could
open a door or tell of a person is taken out of every line (`network.log_scrubbing`).
"""

from io import StringIO
from typing import Any, TextIO

import structlog

from network.log_scrubbing import scrub, scrubbed

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logs(format_name: str) -> dict[str, Any]:
    """Return Django's `LOGGING`. `format_name` is `json` or `plain`."""
    structlog.configure(
        processors=[
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    if format_name == "json":
        tracebacks = structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        )
        final: list[Any] = [tracebacks, scrub, structlog.processors.JSONRenderer()]
    else:
        # Here the renderer itself writes the traceback; what it is made of passes through untouched.
        final = [_scrub_all_but_the_error, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_traceback)]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "default": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "default"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            # A line a request is for machines to read; on a desk it hides what matters.
            "django_structlog": {"level": "INFO" if format_name == "json" else "WARNING"},
            "elastic_transport": {"level": "WARNING"},
            "elasticsearch": {"level": "ERROR"},
            "wagtail": {"level": "WARNING"},
            "django_tasks": {"level": "WARNING"},
            "kombu": {"level": "ERROR"},
        },
    }


def _scrub_all_but_the_error(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    error = event.pop("exc_info", None)
    return {**scrub(logger, name, event), **({"exc_info": error} if error else {})}


def _traceback(sio: TextIO, exc_info: Any) -> None:
    written = StringIO()
    structlog.dev.plain_traceback(written, exc_info)
    sio.write(scrubbed(written.getvalue()))
