"""What people read in their own language; files and the API are the same for everybody (`api.urls`)."""

from django.urls import path

from api import data_views

urlpatterns = [path("data/", data_views.data, name="data")]
