from django.urls import path

from search import map_views, views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="search_suggest"),
    path("search/results.csv", views.results_csv, name="search_csv"),
    path("map/", map_views.map_page, name="map"),
    path("map/part/", map_views.map_part, name="map_part"),
    path("map/points/", map_views.map_points_file, name="map_points"),
    path("map/embed/", map_views.map_embed, name="map_embed"),
]
