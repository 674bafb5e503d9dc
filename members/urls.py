"""People and their organisations. Below `account/`, before allauth's own addresses."""

from django.urls import path

from members.views import inviting, joining, people, requests

PEOPLE = "account/councils/<slug:slug>/people/"

urlpatterns = [
    path("account/join/", joining.join, name="join"),
    path("account/join/<slug:slug>/", joining.join_council, name="join_council"),
    path("account/join-requests/<number:pk>/withdraw/", joining.withdraw_request, name="withdraw_join_request"),
    path("account/memberships/<number:pk>/leave/", joining.leave, name="leave_council"),
    path("account/invitations/<number:pk>/", joining.own_invitation, name="own_invitation"),
    path("account/invitation/<str:token>/", joining.invitation, name="invitation"),
    path("account/domain/<str:token>/", joining.prove_domain, name="prove_domain"),
    path(PEOPLE, people.people, name="council_people"),
    path(f"{PEOPLE}people.csv", people.people_csv, name="council_people_csv"),
    path(f"{PEOPLE}invite/", inviting.invite, name="council_invite"),
    path(f"{PEOPLE}invite-many/", inviting.invite_many, name="council_invite_many"),
    path(f"{PEOPLE}invitations/", inviting.invitations, name="council_invitations"),
    path(f"{PEOPLE}invitations/<number:pk>/", inviting.invitation, name="council_invitation"),
    path(f"{PEOPLE}requests/", requests.requests, name="council_requests"),
    path(f"{PEOPLE}requests/<number:pk>/", requests.answer, name="council_request"),
    path(f"{PEOPLE}domains/", requests.domains, name="council_domains"),
    path(f"{PEOPLE}domains/<number:pk>/", requests.domain, name="council_domain"),
    path(f"{PEOPLE}sign-off/", requests.sign_off, name="council_sign_off"),
    path(f"{PEOPLE}changes/", people.history, name="council_changes"),
    path(f"{PEOPLE}<number:pk>/", people.person, name="council_person"),
    path(f"{PEOPLE}<number:pk>/hand-over/", people.hand_over, name="council_person_hand_over"),
    path(f"{PEOPLE}<number:pk>/remove/", people.remove, name="council_person_remove"),
]
