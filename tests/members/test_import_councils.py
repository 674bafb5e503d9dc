from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.models import Event
from members.models import EmailDomain, Organisation, OrganisationPage, Tier
from tests.factories import organisation

pytestmark = pytest.mark.django_db

HEADER = (
    "gss_code,name,nice_name,type,nation,region,website,email_domain,lat,lng,population,density,rural_urban,imd,"
    "imd_score,email_domain_alt,county_gss,govuk_slug,area_km2,emissions_label"
)
STOCKPORT = (
    "E08000007,Stockport Metropolitan Borough Council,Stockport,metropolitan,England,North West,"
    "https://www.stockport.gov.uk/,stockport.gov.uk,53.39,-2.12,294773,2339.5,Urban,6,20.8,smbc.example; sk.example,,"
    "stockport,126.0,Transport"
)
TRAFFORD = "E08000009,Trafford Council,Trafford,metropolitan,England,North West,,trafford.gov.uk,,,,,,,,,,trafford,,"


def run(tmp_path, *lines, header=HEADER, options=(), encoding="utf-8", end="\n"):
    """Run the command on these lines; return (its exit message or None, output, errors)."""
    path = tmp_path / "councils.csv"
    path.write_bytes(end.join([header, *lines, ""]).encode(encoding))
    out, err = StringIO(), StringIO()
    try:
        call_command("import_councils", str(path), *options, stdout=out, stderr=err)
    except CommandError as error:
        return str(error), out.getvalue(), err.getvalue()
    return None, out.getvalue(), err.getvalue()


def changed(line, **cells):
    names, values = HEADER.split(","), line.split(",")
    return ",".join(cells.get(name, value) for name, value in zip(names, values, strict=True))


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\r\n")])
def test_a_council_arrives_with_its_facts_and_its_page(tmp_path, encoding, end):
    message, out, _ = run(tmp_path, STOCKPORT, TRAFFORD, encoding=encoding, end=end)
    assert (message, out.splitlines()[0]) == (None, "2 added, 0 brought up to date.")
    stockport = Organisation.objects.get(gss_code="E08000007")
    assert (stockport.tier, stockport.population, stockport.deprivation_decile) == (Tier.METROPOLITAN, 294773, 6)
    assert (stockport.lat, stockport.density, stockport.area_km2) == (53.39, 2339.5, 126.0)
    assert set(stockport.email_domains.values_list("domain", flat=True)) == {
        "stockport.gov.uk",
        "smbc.example",
        "sk.example",
    }
    assert stockport.page.live
    assert stockport.page.url_path.endswith("/councils/stockport/")
    trafford = Organisation.objects.get(slug="trafford")
    assert (trafford.lat, trafford.population, trafford.website) == (None, None, "")


def test_a_second_import_brings_facts_up_to_date_and_adds_nothing(tmp_path):
    run(tmp_path, STOCKPORT)
    events = Event.objects.count()
    message, out, _ = run(tmp_path, changed(STOCKPORT, population="300000", nice_name="Stockport MBC"), TRAFFORD)
    assert (message, out.splitlines()[0]) == (None, "1 added, 1 brought up to date.")
    stockport = Organisation.objects.get(gss_code="E08000007")
    assert (stockport.population, stockport.short_name, stockport.slug) == (300000, "Stockport MBC", "stockport")
    assert OrganisationPage.objects.count() == 2
    assert EmailDomain.objects.filter(organisation=stockport).count() == 3
    assert Event.objects.filter(kind="organisation.joined").count() == 2
    assert Event.objects.count() > events


def test_it_finds_a_council_that_was_onboarded_by_hand(tmp_path):
    by_hand = organisation("Stockport")
    message, out, _ = run(tmp_path, STOCKPORT)
    assert (message, out.splitlines()[0]) == (None, "0 added, 1 brought up to date.")
    by_hand.refresh_from_db()
    assert by_hand.gss_code == "E08000007"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"gss_code": ""}, "gss_code: this field is required."),
        ({"name": "  "}, "name: this field is required."),
        ({"type": ""}, "type: this field is required."),
        ({"type": "duchy"}, "type: “duchy” is not one of "),
        ({"gss_code": "E0800000700"}, "gss_code: “E0800000700” is not a GSS code"),
        ({"gss_code": "stockport"}, "gss_code: “stockport” is not a GSS code"),
        ({"name": "x" * 161}, "name: use at most 160 characters."),
        ({"region": "x" * 41}, "region: use at most 40 characters."),
        ({"population": "many"}, "population: “many” is not a number."),
        ({"population": "-5"}, "population: -5 is not between 0 and 1e+08."),
        ({"population": "NaN"}, "population: “NaN” is not a number."),
        ({"population": "inf"}, "population: “inf” is not a number."),
        ({"population": "1e999"}, "population: 1e999 is not between"),
        ({"population": "1_000"}, "population: “1_000” is not a number."),
        ({"lat": "12"}, "lat: 12 is not between 49 and 61.5."),
        ({"imd": "11"}, "imd: 11 is not between 1 and 10."),
        ({"govuk_slug": "中", "nice_name": "中"}, "govuk_slug: “中” gives no address. Use Latin letters."),
        ({"website": "javascript:alert(1)"}, "website: “javascript:alert(1)” is not an address"),
        ({"website": "https://a b/"}, "website: “https://a b/” is not an address"),
        ({"email_domain": "not a domain"}, "email_domain: “not a domain” is not a domain"),
        ({"email_domain": "someone@stockport.gov.uk"}, "email_domain: “someone@stockport.gov.uk” is not a domain"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(tmp_path, cells, reason):
    message, _, errors = run(tmp_path, TRAFFORD, changed(STOCKPORT, **cells))
    assert message == "1 of 2 rows rejected. Nothing was written."
    assert f"councils.csv, line 3: {reason}" in errors
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([STOCKPORT, STOCKPORT], "line 3: “E08000007” is on line 2 already."),
        ([STOCKPORT, changed(TRAFFORD, govuk_slug="stockport")], "line 3: “stockport” is on line 2 already."),
        ([STOCKPORT + ",more"], "line 2: There are more cells than columns."),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path, lines, reason):
    message, _, errors = run(tmp_path, *lines)
    assert message.endswith("Nothing was written.")
    assert reason in errors
    assert not Organisation.objects.exists()


def test_an_address_that_another_council_has_is_refused_before_anything_is_written(tmp_path):
    organisation("Stockport", gss_code="E09999999")
    message, _, errors = run(tmp_path, TRAFFORD, STOCKPORT)
    assert message == "1 of 2 rows rejected. Nothing was written."
    assert "line 3: The address “stockport” belongs to Stockport Council (E09999999)" in errors
    assert not Organisation.objects.filter(slug="trafford").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the first line must name the columns"),
        (b"name,type\nx,y\n", "missing: gss_code, nice_name."),
        ((HEADER + "\n" + STOCKPORT.replace("Council", "Caf\xe9")).encode("latin-1"), "cannot be read as UTF-8 text"),
        ((HEADER + '\n"E08').encode(), "is not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, says):
    path = tmp_path / "councils.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as problem:
        call_command("import_councils", str(path))
    assert says in str(problem.value)
    assert not Organisation.objects.exists()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_councils", str(tmp_path / "nothing.csv"))


def test_null_bytes_are_dropped(tmp_path):
    assert run(tmp_path, changed(STOCKPORT, nice_name="Stock\0port"))[0] is None
    assert Organisation.objects.get().short_name == "Stockport"


def test_check_writes_nothing(tmp_path):
    message, out, _ = run(tmp_path, STOCKPORT, options=["--check"])
    assert (message, out.strip()) == (None, "1 rows are good. Nothing was written.")
    assert not Organisation.objects.exists()


def test_a_name_is_text_and_is_kept_as_it_is(tmp_path):
    run(tmp_path, changed(STOCKPORT, name="<script>alert(1)</script> Council", nice_name="<b>Stockport</b>"))
    assert Organisation.objects.get().page.title == "<script>alert(1)</script> Council"
