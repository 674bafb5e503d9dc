from django.urls import path

from discussion import views
from discussion.asks import deeds
from discussion.asks import views as asks

urlpatterns = [
    path("comments/<int:page_id>/add/", views.add, name="comment_add"),
    path("comments/places/<slug:slug>/add/", views.add_on_place, name="comment_on_place"),
    path("comments/adoptions/<int:pk>/add/", views.add_on_adoption, name="comment_on_adoption"),
    path("comments/<int:pk>/", views.permalink, name="comment"),
    path("comments/<int:pk>/history/", views.history, name="comment_history"),
    path("comments/<int:pk>/reply/", views.reply, name="comment_reply"),
    path("comments/<int:pk>/edit/", views.edit, name="comment_edit"),
    path("comments/<int:pk>/delete/", views.delete, name="comment_delete"),
    path("ask/", asks.ask_list, name="asks"),
    path("ask/new/", asks.new, name="ask_new"),
    path("ask/similar/", asks.similar, name="ask_similar"),
    path("ask/<int:pk>/", asks.ask_page, name="ask_by_number"),
    path("ask/<int:pk>-<slug:slug>/", asks.ask_page, name="ask"),
    path("ask/<int:pk>/edit/", asks.edit, name="ask_edit"),
    path("ask/<int:pk>/answer/", views.answer, name="ask_answer"),
    path("ask/<int:pk>/answers/<int:answer_id>/helped/", deeds.accept, name="ask_accept"),
    path("ask/<int:pk>/too/", deeds.back, name="ask_back"),
    path("ask/<int:pk>/close/", deeds.close, name="ask_close"),
    path("ask/<int:pk>/reopen/", deeds.reopen, name="ask_reopen"),
    path("ask/<int:pk>/delete/", deeds.delete, name="ask_delete"),
    path("ask/<int:pk>/write-up/", deeds.write_up, name="ask_write_up"),
]
