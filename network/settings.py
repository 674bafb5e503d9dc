"""The one settings file. Every value comes from the environment; `.env.example` explains each.

Nothing set means the embedded default: SQLite, a broker made of files, mail written to `var/mail`.
A public `BASE_URL` means production, and `network/checks.py` refuses unsafe combinations of it.
"""

import os
from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from network.environment import base_url, email_settings, is_public, mail_limits, not_negative
from network.providers import report_secrets

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env(eager=False)
env.read_env(str(BASE_DIR / ".env"), recurse=False)

VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", not DEMO)
PORT = env.int("PORT", 8000)
BASE_URL = base_url(env.str("BASE_URL", None) or f"http://localhost:{PORT or 8000}")
PRODUCTION = is_public(BASE_URL)
SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = [one.strip() for one in env.list("SECRET_KEY_FALLBACKS", list[str]()) if one.strip()]
ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])]
DATABASE_URL = env.str("DATABASE_URL", None) or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
REDIS_URL = env.str("REDIS_URL", "")
ELASTICSEARCH_URL = env.str("ELASTICSEARCH_URL", "")
ELASTICSEARCH_API_KEY = env.str("ELASTICSEARCH_API_KEY", "")
ELASTICSEARCH_CA_CERTS = env.str("ELASTICSEARCH_CA_CERTS", "")
ELASTICSEARCH_INDEX = env.str("ELASTICSEARCH_INDEX", "connected-localism")
ELASTICSEARCH_SHARDS = env.int("ELASTICSEARCH_SHARDS", 1)
ELASTICSEARCH_REPLICAS = env.int("ELASTICSEARCH_REPLICAS", 0)
EMAIL_URL = env.str("EMAIL_URL", None) or f"file://{VAR_DIR / 'mail'}"
MEDIA_S3_BUCKET = env.str("MEDIA_S3_BUCKET", "")
MEDIA_S3_ENDPOINT_URL = env.str("MEDIA_S3_ENDPOINT_URL", "")
IMAGE_MAX_MEGABYTES = env.int("IMAGE_MAX_MEGABYTES", 15)
IMAGE_MAX_MEGAPIXELS = env.int("IMAGE_MAX_MEGAPIXELS", 40)
DOCUMENT_MAX_MEGABYTES = env.int("DOCUMENT_MAX_MEGABYTES", 20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Connected Localism <network@localhost>")
MAIL_REPORTS_FROM = [one.strip() for one in env.list("MAIL_REPORTS_FROM", list[str]()) if one.strip()]
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", "")
MAIL_PER_SECOND = not_negative("MAIL_PER_SECOND", env.float("MAIL_PER_SECOND", 0))
MAIL_PER_DAY = not_negative("MAIL_PER_DAY", env.int("MAIL_PER_DAY", 0))
MAIL_PER_MINUTE_PER_DOMAIN = mail_limits(env.str("MAIL_PER_MINUTE_PER_DOMAIN", ""))
MAIL_CONNECTION_MESSAGES = not_negative("MAIL_CONNECTION_MESSAGES", env.int("MAIL_CONNECTION_MESSAGES", 100))
NOTICES_TOGETHER_MINUTES = not_negative("NOTICES_TOGETHER_MINUTES", env.int("NOTICES_TOGETHER_MINUTES", 10))
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
LOG_FORMAT = env.str("LOG_FORMAT", "json" if PRODUCTION else "plain")
EXPORT_DIR = env.str("EXPORT_DIR", "")
env.seal()

if not SECRET_KEY and not PRODUCTION:
    # One key a machine, kept beside the database that it protects, so that a restart signs nobody out.
    from network.local_key import local_secret_key

    SECRET_KEY = local_secret_key(VAR_DIR)
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is empty. Set it to 50 or more random characters and keep it.")

# --- What is installed -------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts",
    "core",
    "members",
    "moderation",
    "places",
    "casestudies",
    "discussion",
    "search",
    "digests",
    "api",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.wagtail_users.UsersAppConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_structlog",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    # Last, so that its post_migrate sees every other table.
    "network",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.csp.ContentSecurityPolicyMiddleware",
    "core.middleware.BrowserRulesMiddleware",
    "core.middleware.NoNullMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside sessions and CSRF, so that it sees the cookies that they set.
    "django.middleware.http.ConditionalGetMiddleware",
    "core.middleware.CachePolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SecondStepMiddleware",
    "moderation.middleware.SuspendedMiddleware",
    "members.middleware.LapsedMembershipMiddleware",
    "members.middleware.PagesOfOthersMiddleware",
    "moderation.middleware.LockedPagesMiddleware",
    "core.middleware.StillInUseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "network.request_log.RequestLog",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "search.middleware.OpenedResultsMiddleware",
]

ROOT_URLCONF = "network.urls"
WSGI_APPLICATION = "network.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "network.context.site_furniture",
            ],
        },
    },
]

# --- Data --------------------------------------------------------------------------------------

import dj_database_url  # noqa: E402 - read after the environment is sealed, so that one message lists all bad values

DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Web, worker and beat share one file: readers never block, and a writer waits its turn
    # instead of failing half-way with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Python keeps 128 statements ready; the site has more than that, and to read one again costs ten times its run.
        "cached_statements": 2000,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False

CACHES: dict[str, Any] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "network"}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "network"}
    )
}
# What web and worker processes tell each other; on the embedded default through files of the one machine.
CACHES["shared"] = (
    CACHES["default"]
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
)
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
if MEDIA_S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_S3_BUCKET,
            "endpoint_url": MEDIA_S3_ENDPOINT_URL or None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# --- People ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Length and a list of common passwords, no composition rules and no expiry (NCSC; ASVS 5.0 V6.2). Three random words
# are twelve letters or more, which is what Cyber Essentials asks for where a second step is not asked of everybody.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.NoCommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/following/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {"signup": "accounts.signup.EvenSignupForm"}
# How often: by whole minutes or hours, because the page says when to try again. A council's office may be one address
# on the network; who guesses is held up by the account they guess at (`key`).
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "signup": "20/10m/ip",
    "request_login_code": "30/5m/ip,3/5m/key",
    "reset_password": "30/5m/ip,3/5m/key",
    "reset_password_from_key": "20/5m/ip",
    "change_password": "5/5m/user",
    "manage_email": "10/10m/user",
    "reauthenticate": "10/5m/user",
    "confirm_email": "1/3m/key",
}
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
# Whoever follows by email has no password, and need not choose one. Mail can take its time, so a code lives longer than
# allauth's three minutes; it is typed in the browser that asked for it, and three wrong ones end it.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# A new password signs out everywhere else; here its owner has just typed it.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Whoever did not change their password, address or second step must hear of it.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if BASE_URL.startswith("https") else "http"
# Councils that sign their people in themselves (docs/decisions/0039). Joining it to an account asks again who it is.
SOCIALACCOUNT_ADAPTER = "members.sign_in.CouncilAdapter"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
# Addresses that somebody typed in are asked on the public internet only (`core.outside`). Tests ask their own machine.
OUTSIDE_MAY_BE_LOCAL = False
# The second step. Whoever moderates or administers acts with one or not at all (docs/decisions/0034).
MFA_ADAPTER = "accounts.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Connected Localism"
# Who types slowly, or whose clock is off, gets one step before and after (`accounts.second_step_forms` counts use).
MFA_TOTP_TOLERANCE = 1
# Nobody signs in with an address that is not confirmed, and who has a second step may change theirs.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "accounts.second_step_forms.AuthenticateForm",
    "reauthenticate": "accounts.second_step_forms.ReauthenticateForm",
    "activate_totp": "accounts.second_step_forms.ActivateForm",
    "add_webauthn": "accounts.second_step_forms.AddKeyForm",
    "edit_webauthn": "accounts.second_step_forms.RenameKeyForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- The CMS -----------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Connected Localism"
# Briefings, programmes, their feeds and calendars are at addresses made of a slug: “Siân’s” is “sians” there, for
# letters, calendars and programs of others that cut an address off at its first letter beyond ASCII.
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_FINISH_WORKFLOW_ACTION = "moderation.finish.publish_reviewed_revision"
WAGTAILADMIN_LOGIN_URL = "/account/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/account/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_REQUIRED = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # what is typed in the CMS is London’s time, whoever types it
WAGTAILADMIN_COMMENTS_ENABLED = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "core.rich_text.TablesRichTextArea"}}
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif", "heic"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "core.images.CleanImageForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = IMAGE_MAX_MEGABYTES * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = IMAGE_MAX_MEGAPIXELS * 1_000_000
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = DOCUMENT_MAX_MEGABYTES * 1024 * 1024
WAGTAILDOCS_DOCUMENT_FORM_BASE = "core.documents.CleanDocumentForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []  # a document is saved, never opened as part of our site
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []
TAGGIT_CASE_INSENSITIVE = True
# Wagtail's background tasks: on the worker where there is a real broker, else on the spot.
TASKS = {
    "default": {
        "BACKEND": (
            "core.background.CeleryBackend" if REDIS_URL else "django_tasks.backends.immediate.ImmediateBackend"
        )
    }
}

# --- Mail --------------------------------------------------------------------------------------

# Whatever is mailed waits in the outbox first; the worker that empties it opens OUTGOING_EMAIL_BACKEND.
EMAIL_BACKEND = "digests.backend.OutboxBackend"
OUTGOING_EMAIL_BACKEND = ""  # named below, by EMAIL_URL
EMAIL_PROVIDER = ""  # with a provider, its name: its reports have an address of their own
for _name, _value in email_settings(EMAIL_URL).items():
    globals()[_name] = _value
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who reports bounces and complaints to us by the web: the provider, or one whose SMTP server EMAIL_URL names.
ANYMAIL: dict[str, Any] = globals().get("ANYMAIL") or {}
if EMAIL_PROVIDER and not MAIL_REPORTS_FROM:
    MAIL_REPORTS_FROM = [EMAIL_PROVIDER]
ANYMAIL = {**report_secrets(MAIL_REPORTS_FROM, os.environ), **ANYMAIL}
# Mail that came back for a passing reason: each mail counts one, half of it a month later. Five is reached by six days
# of a daily mail in a row, or nine weeks of a weekly one: longer than a full mailbox over a holiday.
SOFT_BOUNCE_LIMIT = 5
SOFT_BOUNCE_HALF_LIFE_DAYS = 30

# --- Background work ---------------------------------------------------------------------------

CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 60 * 60,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "messages"),
        "data_folder_out": str(VAR_DIR / "broker" / "messages"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
    }

# --- Security ----------------------------------------------------------------------------------

X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail previews pages in a frame of its own origin
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "network.errors.sent_from_an_old_page"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if BASE_URL.startswith("https") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BASE_URL.startswith("https")
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https") else []

CSP_REPORTS_PATH = "/csp-reports/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "report-uri": CSP_REPORTS_PATH,
        "report-to": "csp",
    },
}

# --- Logs --------------------------------------------------------------------------------------

from network.logs import configure_logs  # noqa: E402 - needs LOG_FORMAT

LOGGING = configure_logs(LOG_FORMAT)
# Who asked is no business of our log; whoever runs the site has it in front of us, with its own rules for keeping it.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
structlog.stdlib.get_logger(__name__)
# Wagtail previews drafts in a frame of the same origin, so framing is SAMEORIGIN and the CSP says so too.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
