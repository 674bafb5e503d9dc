from django.urls import path

from discussion import views

urlpatterns = [
    path("comments/<int:page_id>/add/", views.add, name="comment_add"),
    path("comments/adoptions/<int:pk>/add/", views.add_on_adoption, name="comment_on_adoption"),
    path("comments/<int:pk>/reply/", views.reply, name="comment_reply"),
    path("comments/<int:pk>/edit/", views.edit, name="comment_edit"),
    path("comments/<int:pk>/delete/", views.delete, name="comment_delete"),
]
