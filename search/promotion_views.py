"""Wagtail's screens for chosen results, without the counts of searches that nothing here feeds.

What is searched for is in the search report; Wagtail's own report and its list of popular searches would stay empty.
"""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.search_promotions import forms as theirs
from wagtail.contrib.search_promotions import views
from wagtail.contrib.search_promotions.models import Query, SearchPromotion

from search.promotions import normal


class SearchedForm(theirs.QueryForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["query_string"] = forms.CharField(
            label=_("What people search for"),
            help_text=_(
                "The whole search. Capitals, accents and punctuation make no difference; other words, plurals and "
                "misspellings are other searches."
            ),
            max_length=200,
        )

    def clean_query_string(self) -> str:
        text = str(self.cleaned_data["query_string"])
        if not normal(text):
            raise forms.ValidationError(_("There is no word in this that anybody could search for."))
        return text


class ChosenForm(theirs.SearchPromotionForm):
    def clean_external_link_url(self) -> str:
        address = str(self.cleaned_data["external_link_url"] or "")
        if address and not address.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Only web addresses can be shown: they begin with https:// or http://."))
        return address


class ChosenFormSet(
    forms.inlineformset_factory(  # type: ignore[misc]  # a class made by a function
        Query,
        SearchPromotion,
        form=ChosenForm,
        formset=theirs.SearchPromotionsFormSet,
        can_order=True,
        can_delete=True,
        extra=0,
    )
):
    pass


class ChosenMixin:
    form_class = SearchedForm
    template_name = "search/cms/chosen_results.html"
    page_subtitle = _("Chosen results")
    request: HttpRequest
    object: Any

    @cached_property
    def searchpicks_formset(self) -> Any:
        return ChosenFormSet(self.request.POST if self.request.method == "POST" else None, instance=self.object)


class ChosenIndex(views.IndexView):
    page_title = _("Chosen results")
    add_item_label = _("Choose results for a search")
    columns = views.IndexView.columns[:2]


class AddChosen(ChosenMixin, views.CreateView):
    success_message = _("Whoever searches for “%(query)s” sees these results first.")
    error_message = _("Nothing was saved: see what is wrong below.")


class ChangeChosen(ChosenMixin, views.EditView):
    success_message = _("Whoever searches for “%(query)s” sees these results first.")
    error_message = _("Nothing was saved: see what is wrong below.")


class RemoveChosen(views.DeleteView):
    success_message = _("The chosen results are removed.")


def gone(request: HttpRequest) -> HttpResponse:
    raise Http404


def urls() -> list[URLPattern]:
    """In front of Wagtail's own at the same addresses, whose names go on leading here."""
    return [
        path("searchpicks/", ChosenIndex.as_view()),
        path("searchpicks/results/", ChosenIndex.as_view(results_only=True)),
        path("searchpicks/add/", AddChosen.as_view()),
        path("searchpicks/<int:query_id>/", ChangeChosen.as_view()),
        path("searchpicks/<int:query_id>/delete/", RemoveChosen.as_view()),
        path("searchpicks/queries/chooser/", gone),
        path("searchpicks/queries/chooser/results/", gone),
        path("searchpicks/reports/search-terms/", gone),
        path("searchpicks/reports/search-terms/results/", gone),
    ]
