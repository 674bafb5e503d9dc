from django.urls import path

from places import views
from places.opportunities.views import opportunity_list
from places.record import views as record

urlpatterns = [
    path("places/", views.place_list, name="places"),
    path("places/<slug:slug>/", views.place, name="place"),
    path("opportunities/", opportunity_list, name="opportunities"),
    path("places/<slug:slug>/record/new/", record.add, name="record_add"),
    path("places/<slug:slug>/record/<number:pk>/", record.entry, name="record_entry"),
    path("places/<slug:slug>/record/<number:pk>/reply/", record.reply, name="record_reply"),
    path("places/<slug:slug>/record/<number:pk>/edit/", record.edit, name="record_edit"),
    path("places/<slug:slug>/record/<number:pk>/withdraw/", record.withdraw, name="record_withdraw"),
    path("places/<slug:slug>/record/<number:pk>/history/", record.history, name="record_history"),
    path("places/<slug:slug>/record/<number:pk>/photo/<slug:size>/", record.photo, name="record_photo"),
]
