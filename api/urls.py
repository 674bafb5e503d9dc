from django.urls import path

from api import data_views, sitemap
from api.ask_feed import AskFeed
from api.caching import public
from api.endpoints import api
from api.feeds import CaseStudyFeed, CouncilFeed, ProgrammeFeed, SearchFeed, TopicFeed

urlpatterns = [
    path("api/", api.urls),
    path("data/case-studies/<int:number>/measures.csv", data_views.case_study_measures, name="case_study_measures"),
    path("data/<slug:name>.<slug:form>", data_views.data_file, name="data_file"),
    path("sitemap.xml", sitemap.sitemap_index, name="sitemap"),
    path("sitemap-<slug:name>-<int:number>.xml", sitemap.sitemap_file, name="sitemap_file"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("feeds/case-studies/", public(CaseStudyFeed()), name="feed_case_studies"),
    path("feeds/asks/", public(AskFeed()), name="feed_asks"),
    path("feeds/search/", public(SearchFeed()), name="feed_search"),
    path("feeds/topics/<slug:slug>/", public(TopicFeed()), name="feed_topic"),
    path("feeds/councils/<slug:slug>/", public(CouncilFeed()), name="feed_council"),
    path("feeds/programmes/<slug:slug>/", public(ProgrammeFeed()), name="feed_programme"),
]
