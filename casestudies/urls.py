from django.urls import path

from casestudies.views import adoptions, evidence, topics, travel

urlpatterns = [
    path("how-sure-we-are/", evidence.guide, name="evidence_guide"),
    path("topics/", topics.topic_list, name="topics"),
    path("topics/<slug:slug>/", topics.topic, name="topic"),
    path("adoptions/", adoptions.mine, name="adoptions"),
    path("adoptions/new/", adoptions.new, name="adoption_new"),
    path("adoptions/<int:pk>/", adoptions.adoption, name="adoption"),
    path("adoptions/<int:pk>/change/", adoptions.change, name="adoption_change"),
    path("adoptions/<int:pk>/done/", adoptions.done, name="adoption_done"),
    path("adoptions/<int:pk>/withdraw/", adoptions.withdraw, name="adoption_withdraw"),
    path("adoptions/<int:pk>/confirm/", adoptions.confirm, name="adoption_confirm"),
    path("adoptions/of/<int:pk>/", travel.adoptions_of, name="adoptions_of"),
    path("adoptions/of/<int:pk>/tree/", travel.family_tree, name="family_tree"),
]
