from django.urls import path

from casestudies import travel_views, views

urlpatterns = [
    path("topics/", views.topic_list, name="topics"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("adoptions/of/<int:pk>/", travel_views.adoptions_of, name="adoptions_of"),
    path("adoptions/of/<int:pk>/tree/", travel_views.family_tree, name="family_tree"),
]
