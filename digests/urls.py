from django.urls import path

from digests import address_views, follow_views, question_views, request_views, views

urlpatterns = [
    path("following/", follow_views.following, name="following"),
    path("following/settings/", follow_views.settings, name="mail_settings"),
    path("following/follow/", follow_views.start_following, name="follow"),
    path("following/search/", follow_views.follow_search, name="follow_search"),
    path("following/unfollow/", follow_views.stop_following, name="unfollow"),
    path("following/pause/", follow_views.pause, name="pause_mail"),
    path("following/<number:pk>/again/", follow_views.follow_again, name="follow_again"),
    path("following/<number:pk>/", follow_views.change_follow, name="change_follow"),
    path("following/new/", request_views.ask_to_follow, name="follow_new"),
    path("following/confirm/<str:token>/", request_views.confirm_follow, name="confirm_follow"),
    path("following/stop/<str:token>/", views.stop_mail, name="stop_mail"),
    path("following/mail/<str:token>/", views.read_mail, name="read_mail"),
    path("account/still-true/", question_views.confirm_case_studies, name="confirm_case_studies"),
    path("account/still-true/<str:token>/", question_views.answer_questions, name="answer_questions"),
    path("account/address/", address_views.repair_address, name="repair_address"),
    path("account/address/<str:token>/", address_views.address_works, name="address_works"),
]
