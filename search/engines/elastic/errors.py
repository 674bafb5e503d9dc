"""What went wrong between us and Elasticsearch, in words for whoever looks after it.

No key and no password is in them: they go to the log and to staff's page.
"""

import re
import ssl
from collections.abc import Iterator, Mapping

from elastic_transport import TlsError, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from search.engines.base import EngineRefuses, EngineUnavailable

_ACTION = re.compile(r"action \[([^\]]+)\]")
_GRANTED = re.compile(r"granted by the (.+)$")


def unreached(error: TransportError) -> EngineUnavailable:
    """No answer came, or none that we trust."""
    if not isinstance(error, TlsError):
        said = (cause.strerror for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror)
        return EngineUnavailable(f"Elasticsearch does not answer: {next(said, error)}")
    why = ""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return EngineRefuses(f"We do not trust Elasticsearch’s certificate: {cause.verify_message.rstrip('.')}.")
        if isinstance(cause, FileNotFoundError | PermissionError):
            return EngineRefuses(f"The file that ELASTICSEARCH_CA_CERTS names cannot be read: {cause.strerror}.")
        if isinstance(cause, ssl.SSLError):
            why = why or (cause.reason or "").replace("_", " ").lower()
    return EngineRefuses(f"No secure connection to Elasticsearch: {why or error}.")


def refused(error: ApiError, *, has_key: bool) -> EngineUnavailable:
    """An answer came, but none to what was asked."""
    if isinstance(error, UnsupportedProductError):
        return EngineRefuses("What answers at ELASTICSEARCH_URL is not Elasticsearch.")
    if error.status_code == 401 and has_key:
        return EngineRefuses("Elasticsearch refuses our API key: ELASTICSEARCH_API_KEY is wrong, expired or withdrawn.")
    if error.status_code == 401:
        return EngineRefuses("Elasticsearch wants an API key or password that it knows, and ours is none.")
    detail = _detail(error)
    if is_forbidden(detail):
        return forbidden(detail)
    return EngineUnavailable(f"Elasticsearch answers {error.status_code}: {error.error}")


def is_forbidden(detail: Mapping[str, object]) -> bool:
    """Whether a privilege is missing; a full disk and a locked index have the same status."""
    return detail.get("type") == "security_exception"


def forbidden(detail: Mapping[str, object]) -> EngineRefuses:
    """Which privilege is missing. The server's own words name the user whose key it is; these do not."""
    reason = str(detail.get("reason", ""))
    action, granted = _ACTION.search(reason), _GRANTED.search(reason)
    what = action[1] if action else "this request"
    how = f", which is granted by the {granted[1]}" if granted else ""
    return EngineRefuses(f"Our API key lacks a privilege at Elasticsearch: it may not do {what}{how}.")


def _detail(error: ApiError) -> Mapping[str, object]:
    body = error.body
    detail = body.get("error") if isinstance(body, dict) else None
    return detail if isinstance(detail, dict) else {}


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Everything that an error came from; the client and its connections wrap one in the other in several ways."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        near = [*getattr(one, "errors", ()), *one.args, one.__cause__, one.__context__, getattr(one, "reason", None)]
        waiting += [other for other in near if isinstance(other, BaseException)]
