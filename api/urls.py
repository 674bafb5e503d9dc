from django.urls import path

from api import calendars, data_views, sitemap
from api.ask_feed import AskFeed
from api.briefing_feed import BriefingFeed
from api.caching import public
from api.endpoints import api
from api.feeds import CaseStudyFeed, CouncilFeed, ProgrammeFeed, SearchFeed, TopicFeed
from api.opportunity_feeds import (
    CouncilOpportunityFeed,
    OpportunityFeed,
    PlaceOpportunityFeed,
    ProgrammeOpportunityFeed,
)
from api.programme_feed import ProgrammesFeed
from api.record_feed import RecordFeed, RecordsFeed

urlpatterns = [
    path("api/", api.urls),
    path("data/case-studies/<number:number>/measures.csv", data_views.case_study_measures, name="case_study_measures"),
    path("data/<slug:name>.<slug:form>", data_views.data_file, name="data_file"),
    path("sitemap.xml", sitemap.sitemap_index, name="sitemap"),
    path("sitemap-<slug:name>-<number:number>.xml", sitemap.sitemap_file, name="sitemap_file"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("feeds/case-studies/", public(CaseStudyFeed()), name="feed_case_studies"),
    path("feeds/briefings/", public(BriefingFeed()), name="feed_briefings"),
    path("feeds/asks/", public(AskFeed()), name="feed_asks"),
    path("feeds/search/", public(SearchFeed()), name="feed_search"),
    path("feeds/topics/<slug:slug>/", public(TopicFeed()), name="feed_topic"),
    path("feeds/topics/<slug:slug>/asks/", public(AskFeed()), name="feed_asks_topic"),
    path("feeds/topics/<slug:slug>/briefings/", public(BriefingFeed()), name="feed_briefings_topic"),
    path("feeds/councils/<slug:slug>/", public(CouncilFeed()), name="feed_council"),
    path("feeds/places/", public(RecordsFeed()), name="feed_places"),
    path("feeds/places/<slug:slug>/", public(RecordFeed()), name="feed_place"),
    path("feeds/programmes/", public(ProgrammesFeed()), name="feed_programmes"),
    path("feeds/programmes/<slug:slug>/", public(ProgrammeFeed()), name="feed_programme"),
    path("feeds/opportunities/", public(OpportunityFeed()), name="feed_opportunities"),
    path(
        "feeds/programmes/<slug:slug>/opportunities/",
        public(ProgrammeOpportunityFeed()),
        name="feed_opportunities_programme",
    ),
    path(
        "feeds/councils/<slug:slug>/opportunities/", public(CouncilOpportunityFeed()), name="feed_opportunities_council"
    ),
    path("feeds/places/<slug:slug>/opportunities/", public(PlaceOpportunityFeed()), name="feed_opportunities_place"),
    path("feeds/opportunities.ics", public(calendars.calendar), name="calendar"),
    path("feeds/opportunities/<number:number>.ics", public(calendars.one_opportunity), name="calendar_one"),
    path(
        "feeds/programmes/<slug:slug>/opportunities.ics",
        public(calendars.programme_calendar),
        name="calendar_programme",
    ),
    path("feeds/councils/<slug:slug>/opportunities.ics", public(calendars.council_calendar), name="calendar_council"),
    path("feeds/places/<slug:slug>/opportunities.ics", public(calendars.place_calendar), name="calendar_place"),
]
