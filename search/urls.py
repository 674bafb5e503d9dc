from django.urls import path

from search import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="search_suggest"),
    path("search/results.csv", views.results_csv, name="search_csv"),
    path("map/", views.map_page, name="map"),
]
