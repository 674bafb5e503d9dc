from django.urls import path

from casestudies.briefings import views as briefings
from casestudies.views import adoptions, compare, evidence, topics, travel

TRIALS = "account/councils/<slug:slug>/people/briefings/"

urlpatterns = [
    path("briefings/", briefings.briefing_list, name="briefings"),
    path("briefings/<slug:slug>/", briefings.briefing, name="briefing"),
    path("briefings/trial/<str:token>/", briefings.trial, name="briefing_trial"),
    path(TRIALS, briefings.council_trials, name="council_trials"),
    path(f"{TRIALS}<number:pk>/", briefings.council_trial, name="council_trial"),
    path("how-sure-we-are/", evidence.guide, name="evidence_guide"),
    path("compare/", compare.of_any, name="compare"),
    path("compare/case-studies.csv", compare.spreadsheet, name="compare_csv"),
    path("programmes/<slug:slug>/compare/", compare.of_programme, name="compare_in_programme"),
    path("topics/", topics.topic_list, name="topics"),
    path("topics/<slug:slug>/", topics.topic, name="topic"),
    path("adoptions/", adoptions.mine, name="adoptions"),
    path("adoptions/new/", adoptions.new, name="adoption_new"),
    path("adoptions/<number:pk>/", adoptions.adoption, name="adoption"),
    path("adoptions/<number:pk>/change/", adoptions.change, name="adoption_change"),
    path("adoptions/<number:pk>/done/", adoptions.done, name="adoption_done"),
    path("adoptions/<number:pk>/withdraw/", adoptions.withdraw, name="adoption_withdraw"),
    path("adoptions/<number:pk>/confirm/", adoptions.confirm, name="adoption_confirm"),
    path("adoptions/of/<number:pk>/", travel.adoptions_of, name="adoptions_of"),
    path("adoptions/of/<number:pk>/tree/", travel.family_tree, name="family_tree"),
]
