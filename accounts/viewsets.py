"""The CMS's list of people. Whoever looks at them there is written down (`core.looks`)."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.users.views.users import EditView, HistoryView, IndexView, UserViewSet

from accounts.forms import PersonCreationForm, PersonEditForm
from core import looks
from core.models import LookedAt


class PeopleView(IndexView):
    def get_base_queryset(self) -> Any:
        """Without those who have left: a bare number has nothing to look after."""
        return super().get_base_queryset().filter(left_at=None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        looks.note(by=self.request.user, what=LookedAt.LISTED, people=len(context["object_list"]))
        return context


class _Noted:
    """Notes a successful answer: looking for a GET, changing for a POST."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # mixed into a view
        if response.status_code < 400:
            what = LookedAt.CHANGED if request.method == "POST" else LookedAt.ACCOUNT
            looks.note(by=request.user, what=what, person=self.object)  # type: ignore[attr-defined]  # as above
        return response


class PersonView(_Noted, EditView):
    """One account, to change."""


class PersonHistoryView(_Noted, HistoryView):
    """What the CMS's log says of one account."""


class PersonViewSet(UserViewSet):
    index_view_class = PeopleView
    edit_view_class = PersonView
    history_view_class = PersonHistoryView

    def get_form_class(self, for_update: bool = False) -> Any:
        return PersonEditForm if for_update else PersonCreationForm
