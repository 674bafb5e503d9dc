from django.urls import path

from moderation import views

urlpatterns = [
    path("moderation/", views.queue, name="moderation_queue"),
    path("moderation/decisions/", views.decisions, name="moderation_decisions"),
    path("moderation/pages/<int:pk>/", views.page_review, name="moderation_page"),
    path("moderation/reports/<int:pk>/", views.report_review, name="moderation_report"),
    path("moderation/<slug:kind>/<int:pk>/", views.contribution_review, name="moderation_contribution"),
    path("moderation-policy/", views.policy, name="moderation_policy"),
    path("report/<slug:kind>/<int:pk>/", views.report, name="report"),
    path("report/thanks/", views.report_thanks, name="report_thanks"),
]
