from django.urls import path

from places import views

urlpatterns = [
    path("places/", views.place_list, name="places"),
    path("places/<slug:slug>/", views.place, name="place"),
]
