from django.urls import path

from accounts.privacy import views

urlpatterns = [
    path("data/", views.data, name="account_data"),
    path("data/file/<str:token>/", views.data_file, name="account_data_file"),
    path("delete/", views.delete, name="account_delete"),
    path("delete/go/", views.delete_go, name="account_delete_go"),
    path("delete/confirm/<str:token>/", views.delete_confirm, name="account_delete_confirm"),
    path("keep/", views.keep, name="account_keep"),
    path("keep/<str:token>/", views.keep_link, name="account_keep_link"),
]
