"""Every address of the site. English without a prefix, Welsh under `/cy/`."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts import views as account_views
from casestudies.media import serve_media
from core import csp_reports
from digests import webhooks
from members import sign_in_views
from members.admin_views import chosen_multiple
from network import health, inbox

# Wagtail's own sign-in and password pages know nothing of the second factor. They stand in front of
# Wagtail's addresses, so that there is one door (`accounts`).
to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_password_reset = RedirectView.as_view(url=reverse_lazy("account_reset_password"))
to_council = RedirectView.as_view(url=reverse_lazy("council_sign_in"))
to_sign_out = RedirectView.as_view(pattern_name="account_logout")

handler500 = "network.errors.server_error"
# allauth asks for this one.
handler429 = "network.errors.too_many_attempts"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("cms/login/", to_sign_in),
    path("cms/logout/", to_sign_out),
    path("cms/password_reset/", to_password_reset),
    path("cms/password_reset/<path:rest>", to_password_reset),
    path("cms/choose-page/chosen-multiple/", chosen_multiple),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path(f"{settings.MEDIA_URL.strip('/')}/<path:path>", serve_media, name="media"),
    path(settings.CSP_REPORTS_PATH.strip("/") + "/", csp_reports.receive, name="csp_reports"),
    path("mail/webhooks/<slug:provider>/", webhooks.receive, name="mail_webhook"),
    path("", include("api.urls")),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<str:name>/", inbox.letter, name="inbox_letter"),
    path("inbox/<str:name>/html/", inbox.letter_html, name="inbox_letter_html"),
]

urlpatterns += i18n_patterns(
    # First, because it is asked while somebody types.
    path("", include("search.urls")),
    # In every language: Wagtail's own would open under /cy/ as well.
    path("_util/login/", to_sign_in),
    path("account/", account_views.overview, name="account_overview"),
    path("account/sessions/", account_views.sessions, name="account_sessions"),
    path("account/second-step/", account_views.set_up_second_step, name="account_second_step"),
    path("account/council/", sign_in_views.start, name="council_sign_in"),
    path("account/council/connect/", sign_in_views.connect, name="council_connect"),
    # allauth's own beginning of it goes straight to the provider: ours asks where to first.
    path("account/oidc/<str:provider_id>/login/", to_council),
    path("account/", include("accounts.privacy.urls")),
    path("", include("members.urls")),
    path("account/", include("allauth.urls")),
    path("", include("core.urls")),
    path("", include("places.urls")),
    path("", include("casestudies.urls")),
    path("", include("api.page_urls")),
    path("", include("digests.urls")),
    path("", include("discussion.urls")),
    path("", include("moderation.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
