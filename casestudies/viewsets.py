"""Indicators in the CMS: what authors proposed, what is agreed, and making one of two that say the same."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import Button

from casestudies.choices import IndicatorState
from casestudies.errors import CannotMerge
from casestudies.models import AdoptionMeasure, Indicator, Measure
from casestudies.permissions import can_agree_indicators
from casestudies.services.indicators import agree_indicator, merge_indicators


def with_uses(indicators: QuerySet[Indicator]) -> QuerySet[Indicator]:
    """Each with `uses`: how many figures of case studies and adoptions count by it."""

    def count(model: Any) -> Any:
        counted = model.objects.filter(standard=OuterRef("pk")).order_by().values("standard").annotate(n=Count("pk"))
        return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)

    return indicators.annotate(uses=count(Measure) + count(AdoptionMeasure))


class Indicators(IndexView):
    def get_base_queryset(self) -> Any:
        return with_uses(Indicator.objects.select_related("merged_into"))

    def get_list_more_buttons(self, instance: Indicator) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.state == IndicatorState.PROPOSED:
            buttons.append(Button(_("Agree"), url=reverse("indicators:agree", args=[instance.pk]), icon_name="check"))
        if instance.state != IndicatorState.MERGED:
            buttons.append(
                Button(_("Merge into another"), url=reverse("indicators:merge", args=[instance.pk]), icon_name="link")
            )
        return buttons


class AddIndicator(CreateView):
    def save_instance(self) -> Indicator:
        """What the network's editors add, the network has agreed."""
        self.form.instance.state = IndicatorState.AGREED
        saved: Indicator = super().save_instance()
        return saved


def for_those_who_agree(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        if not can_agree_indicators(request.user):
            raise PermissionDenied
        return view(request, get_object_or_404(Indicator, pk=pk))

    return guarded


@for_those_who_agree
def agree(request: HttpRequest, indicator: Indicator) -> HttpResponse:
    if request.method == "POST":
        try:
            agree_indicator(indicator=indicator, by=request.user)  # type: ignore[arg-type]  # guarded above
        except CannotMerge as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Authors can choose “%(name)s” from now on.") % {"name": indicator})
        return redirect("indicators:index")
    return render(request, "casestudies/cms/indicator_agree.html", {"indicator": indicator})


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(Indicator.objects.none(), label=gettext_lazy("Which one stays"))
    same_unit = forms.BooleanField(label=gettext_lazy("The units mean the same"), required=False)

    def __init__(self, *args: Any, merged: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Indicator.objects.exclude(state=IndicatorState.MERGED).exclude(pk=merged.pk)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]  # a ModelChoiceField


@for_those_who_agree
def merge(request: HttpRequest, indicator: Indicator) -> HttpResponse:
    form = MergeForm(request.POST or None, merged=indicator)
    if form.is_valid():
        into, same_unit = form.cleaned_data["into"], form.cleaned_data["same_unit"]
        try:
            moved = merge_indicators(merged=indicator, into=into, same_unit=same_unit, by=request.user)  # type: ignore[arg-type]  # guarded above
        except CannotMerge as error:
            form.add_error("into", str(error))
        else:
            words = ngettext("%(n)s figure now counts as “%(name)s”.", "%(n)s figures now count as “%(name)s”.", moved)
            messages.success(request, words % {"n": moved, "name": into})
            return redirect("indicators:index")
    counted = with_uses(Indicator.objects.all()).get(pk=indicator.pk)
    return render(request, "casestudies/cms/indicator_merge.html", {"indicator": counted, "form": form})


class IndicatorViewSet(ModelViewSet):
    model = Indicator
    name = url_prefix = "indicators"
    menu_label = gettext_lazy("Indicators")
    icon = "list-ul"
    menu_order = 410
    add_to_admin_menu = True
    list_display = [
        "name",
        "unit",
        Column("better", label=gettext_lazy("Better"), accessor="get_better_display"),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display", sort_key="state"),
        Column("merged_into", label=gettext_lazy("Merged into"), accessor="merged_into"),
        Column("uses", label=gettext_lazy("Figures"), sort_key="uses"),
    ]
    list_filter = ["state", "better"]
    form_fields = ["name", "unit", "better", "definition"]
    search_backend_name = None
    search_fields = ["name", "unit", "definition"]
    copy_view_enabled = False
    inspect_view_enabled = False
    index_view_class = Indicators
    add_view_class = AddIndicator

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns: list[URLPattern] = super().get_urlpatterns()
        return [
            *patterns,
            path("agree/<number:pk>/", agree, name="agree"),
            path("merge/<number:pk>/", merge, name="merge"),
        ]
