from django.urls import path

from digests import question_views, views

urlpatterns = [
    path("following/", views.following, name="following"),
    path("following/settings/", views.settings, name="mail_settings"),
    path("following/follow/", views.start_following, name="follow"),
    path("following/search/", views.follow_search, name="follow_search"),
    path("following/unfollow/", views.stop_following, name="unfollow"),
    path("following/<int:pk>/", views.change_follow, name="change_follow"),
    path("following/stop/<str:token>/", views.stop_mail, name="stop_mail"),
    path("following/mail/<str:token>/", views.read_mail, name="read_mail"),
    path("account/still-true/", question_views.confirm_case_studies, name="confirm_case_studies"),
    path("account/still-true/<str:token>/", question_views.answer_questions, name="answer_questions"),
]
