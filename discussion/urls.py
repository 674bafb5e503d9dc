from django.urls import path

from discussion import views
from discussion.asks import deeds
from discussion.asks import views as asks

urlpatterns = [
    path("comments/<number:page_id>/add/", views.add, name="comment_add"),
    path("comments/places/<slug:slug>/add/", views.add_on_place, name="comment_on_place"),
    path("comments/adoptions/<number:pk>/add/", views.add_on_adoption, name="comment_on_adoption"),
    path("comments/<number:pk>/", views.permalink, name="comment"),
    path("comments/<number:pk>/history/", views.history, name="comment_history"),
    path("comments/<number:pk>/reply/", views.reply, name="comment_reply"),
    path("comments/<number:pk>/edit/", views.edit, name="comment_edit"),
    path("comments/<number:pk>/delete/", views.delete, name="comment_delete"),
    path("ask/", asks.ask_list, name="asks"),
    path("ask/new/", asks.new, name="ask_new"),
    path("ask/similar/", asks.similar, name="ask_similar"),
    path("ask/<number:pk>/", asks.ask_page, name="ask_by_number"),
    path("ask/<number:pk>-<slug:slug>/", asks.ask_page, name="ask"),
    path("ask/<number:pk>/edit/", asks.edit, name="ask_edit"),
    path("ask/<number:pk>/answer/", views.answer, name="ask_answer"),
    path("ask/<number:pk>/answers/<number:answer_id>/helped/", deeds.accept, name="ask_accept"),
    path("ask/<number:pk>/too/", deeds.back, name="ask_back"),
    path("ask/<number:pk>/close/", deeds.close, name="ask_close"),
    path("ask/<number:pk>/reopen/", deeds.reopen, name="ask_reopen"),
    path("ask/<number:pk>/delete/", deeds.delete, name="ask_delete"),
    path("ask/<number:pk>/write-up/", deeds.write_up, name="ask_write_up"),
]
