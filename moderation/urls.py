from django.urls import path

from moderation import views

urlpatterns = [
    path("approve/ask/<number:pk>/", views.ask, name="approve_ask"),
    path("approve/<str:token>/", views.approve, name="approve"),
    path("moderation/", views.everything, name="moderation_queue"),
    path("moderation/decisions/", views.decisions, name="moderation_decisions"),
    path("moderation/bulk/", views.bulk, name="moderation_bulk"),
    path("moderation/claims/", views.claim, name="moderation_claim"),
    path("moderation/next/", views.beside, name="moderation_next"),
    path("moderation/decisions/<number:pk>/undo/", views.decision_undo, name="moderation_undo"),
    path("moderation/people/<number:pk>/", views.person, name="moderation_person"),
    path("moderation/bans/<number:pk>/", views.ban, name="moderation_ban"),
    path("moderation/sanctions/<number:pk>/end/", views.sanction_end, name="moderation_sanction_end"),
    path("moderation/sanctions/<number:pk>/second/", views.ban_second, name="moderation_ban_second"),
    path("moderation/appeals/<number:pk>/", views.appeal_review, name="moderation_appeal"),
    path("moderation/pages/<number:pk>/", views.page_review, name="moderation_page"),
    path("moderation/reports/<number:pk>/", views.report_review, name="moderation_report"),
    path("moderation/join/<number:pk>/", views.join_review, name="moderation_join"),
    path("moderation/reports/<number:pk>/content/", views.locked_content, name="moderation_locked_content"),
    path("moderation/page/<number:pk>/", views.published_page, name="moderation_published"),
    path("moderation/<slug:kind>/<number:pk>/", views.contribution_review, name="moderation_contribution"),
    path("account/standing/", views.standing, name="standing"),
    path("appeal/<number:pk>/", views.appeal, name="appeal"),
    path("moderation-policy/", views.policy, name="moderation_policy"),
    path("moderation-policy/totals.csv", views.totals_csv, name="moderation_totals"),
    path("report/", views.report_anything, name="complain"),
    path("report/<slug:kind>/<number:pk>/", views.report, name="report"),
    path("report/thanks/", views.report_thanks, name="report_thanks"),
    path("report/thanks/<str:token>/", views.report_thanks, name="report_made"),
    path("report/notices/<str:token>/", views.notice_answer, name="notice_answer"),
]
