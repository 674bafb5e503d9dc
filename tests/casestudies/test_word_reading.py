"""What a Word file is understood to say, and which files are not opened at all."""

import struct
import zipfile
from io import BytesIO

import docx
import pytest

from casestudies.word import UnreadableFile, compose, understand
from casestudies.word.headings import fields_of
from tests.casestudies import word_files


def sections(understood):
    return {section.heading: section for section in understood.sections}


def rewritten(data, *, changes=None, extra=None):
    """The same file with parts changed (a function of their bytes) or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            change = (changes or {}).get(part.filename)
            target.writestr(part.filename, change(content) if change else content)
        for name, content in (extra or {}).items():
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        ("The challenge", ["problem"]),
        ("2.1  THE SOLUTION:", ["approach"]),
        ("The challenge and solutions", ["problem", "approach"]),
        ("The impact", ["results"]),
        ("How is the new approach being sustained?", ["what_next"]),
        ("Lessons learned", ["lessons"]),
        ("Lessons learnt", ["lessons"]),
        ("Introduction", ["summary"]),
        ("Executive Summary", ["summary"]),
        ("Objectives", ["problem"]),
        ("Leadership and change", ["approach"]),
        ("Outcomes / indicators", ["results"]),
        ("Costs and savings", ["cost_note"]),
        ("Obstacles", ["did_not_work"]),
        ("Next steps", ["what_next"]),
        ("Rationale, objectives", ["problem"]),
        ("What was delivered", ["approach"]),
        ("Successes", ["results"]),
        ("Budget", ["cost_note"]),
        ("Sponsor", ["funder"]),
        ("Contact", ["contact"]),
        ("What didn’t work?", ["did_not_work"]),
        ("a) What did not work so well", ["did_not_work"]),
        ("Weather", []),
        ("", []),
    ],
)
def test_headings_are_matched_loosely(heading, fields):
    assert fields_of(heading) == fields


def test_challenges_after_the_results_are_what_went_wrong():
    assert fields_of("Challenges") == ["problem"]
    assert fields_of("Challenges", after=["problem", "results"]) == ["did_not_work"]


def test_the_lgas_template_becomes_our_fields():
    understood = understand("Mowing.docx", word_files.lga(with_every_style=True))
    assert understood.title == "Reduced mowing to support local nature"
    merged = sections(understood)["1. The Challenge & solutions:"]
    assert merged.fields == ["problem", "approach"]
    composed = compose(understood)
    assert composed.lines["summary"].startswith("Southwark cut its verges once")
    assert "<strong>mown nine times</strong>" in composed.texts["problem"]
    assert '<a href="https://example.org/plan">the plan</a>' in composed.texts["problem"]
    assert "<li>fewer cuts</li><li>signs on site</li>" in composed.texts["problem"]
    assert composed.texts["did_not_work"] == "<p>Residents took it for neglect.</p>"
    assert composed.texts["what_next"] == "<p>It is in the contract until 2030.</p>"
    assert composed.lessons == [
        ("Put the signs up first.", ""),
        ("Cut a strip along the path. It shows that somebody cares for it.", ""),
    ]
    assert composed.sources == [("Survey of 2019", "https://example.org/survey")]
    assert composed.lines["contact_name"] == "Sam Officer"
    assert composed.lines["contact_role"] == "Ecology Officer"
    assert composed.lines["contact_email"] == "sam.officer@southwark.gov.uk"
    assert "5000" not in str(composed)


def test_a_table_keeps_its_cells_and_gets_header_cells():
    results = compose(understand("a.docx", word_files.lga())).texts["results"]
    assert '<th scope="col">2018</th>' in results
    assert '<th scope="row">Species</th><td>12</td><td>31</td>' in results
    assert "40 &lt;b&gt;" in results


def test_what_nobody_knows_is_kept_under_its_own_heading():
    composed = compose(understand("a.docx", word_files.lga()))
    assert composed.texts["other_text"] == "<h3>Awards and press</h3><p>Highly commended.</p>"


def test_an_author_may_put_a_part_elsewhere_or_leave_it_out():
    understood = understand("a.docx", word_files.lga())
    targets = [section.target for section in understood.sections]
    names = [section.heading for section in understood.sections]
    targets[names.index("Awards and press")] = "results"
    targets[names.index("Challenges")] = ""
    composed = compose(understood, targets)
    assert composed.texts["results"].endswith("<p><b>Awards and press</b></p><p>Highly commended.</p>")
    assert "did_not_work" not in composed.texts
    assert "other_text" not in composed.texts


def test_lines_in_bold_are_headings_where_there_are_no_others():
    understood = understand("a.docx", word_files.bold_lines())
    assert understood.title == "Warm rooms in libraries"
    composed = compose(understood)
    assert composed.lines["summary"] == "Nine libraries stayed open on winter evenings."
    assert composed.texts == {
        "problem": "<p>Heating had become dear.</p>",
        "approach": "<p>Tea, and a place to sit.</p>",
        "did_not_work": "<p>Staff rotas.</p>",
        "other_text": "<h3>Weather</h3><p>It was mild.</p>",
    }


def test_a_form_drawn_as_a_table_is_read_as_questions_and_answers():
    composed = compose(understand("a.docx", word_files.form_table()))
    assert composed.texts["problem"] == "<p>Fewer missed bins.</p>"
    assert composed.texts["results"] == "<p>Missed bins fell by a third.</p>"
    assert composed.lines["cost_note"] == "£12,000."
    assert composed.texts["other_text"] == "<h3>Ward</h3><p>Brinnington</p>"


def test_a_long_introduction_is_kept_whole_beside_its_summary():
    d = docx.Document()
    d.add_heading("Introduction", 1)
    d.add_paragraph("First sentence says it. " + "Then there is a good deal more to say about it. " * 12)
    composed = compose(understand("a.docx", word_files.saved(d)))
    assert len(composed.lines["summary"]) <= 300
    assert composed.lines["summary"].endswith(".")
    assert composed.texts["other_text"].startswith("<h3>Introduction</h3><p>First sentence says it.")
    assert composed.notes


def test_raised_figures_and_footnotes_survive():
    d = docx.Document()
    d.add_heading("Results", 1)
    paragraph = d.add_paragraph("40 m")
    paragraph.add_run("2").font.superscript = True
    paragraph.add_run(" of CO")
    paragraph.add_run("2").font.subscript = True
    run = paragraph.add_run()
    reference = docx.oxml.OxmlElement("w:footnoteReference")
    reference.set(docx.oxml.ns.qn("w:id"), "1")
    run._r.append(reference)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    notes = (
        f'<w:footnotes xmlns:w="{space}"><w:footnote w:id="1"><w:p><w:r><w:t>Counted in May.</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    data = rewritten(word_files.saved(d), extra={"word/footnotes.xml": notes})
    results = compose(understand("a.docx", data)).texts["results"]
    assert results == "<p>40 m² of CO₂[1]</p><p>[1] Counted in May.</p>"


def test_pictures_are_counted_and_not_taken(tmp_path):
    from PIL import Image

    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    d = docx.Document()
    d.add_paragraph("Some words.")
    d.add_picture(str(tmp_path / "a.png"))
    understood = understand("a.docx", word_files.saved(d))
    assert understood.pictures == [""]
    assert "img" not in str(understood.sections)


def test_nothing_in_the_file_is_fetched(monkeypatch):
    """A picture by address, and a template by address, as in a file made to call home."""
    import urllib.request

    def forbidden(*args, **kwargs):
        raise AssertionError("something was fetched")

    monkeypatch.setattr(urllib.request, "urlopen", forbidden)
    monkeypatch.setattr("mammoth.docx.files.urlopen", forbidden)
    blip = (
        b'<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        b'<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData>'
        b'<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
        b'<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:link="rId77"/>'
        b"</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p><w:sectPr"
    )
    away = (
        b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        b'Target="http://127.0.0.1:9/secret.png" TargetMode="External"/></Relationships>'
    )
    data = rewritten(
        word_files.lga(),
        changes={
            "word/document.xml": lambda xml: xml.replace(b"<w:sectPr", blip, 1),
            "word/_rels/document.xml.rels": lambda xml: xml.replace(b"</Relationships>", away),
        },
    )
    assert understand("a.docx", data).pictures


def test_scripts_and_odd_links_do_not_pass():
    d = docx.Document()
    d.add_heading("Results", 1)
    paragraph = d.add_paragraph("<script>alert(1)</script> ")
    word_files.link(paragraph, "press", "javascript:alert(1)")
    results = compose(understand("a.docx", word_files.saved(d))).texts["results"]
    assert "<script" not in results
    assert "javascript" not in results
    assert "press" in results


def _bomb():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (70 * 1024 * 1024))
    return out.getvalue()


def _lying_bomb():
    """Says in its directory that it unpacks to ten bytes."""
    data = bytearray(_bomb())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(data)


def _entities(xml):
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    return xml.replace(b"?>", b"?>" + laughs, 1).replace(b"Southwark", b"&b;", 1)


def _encrypted():
    data = bytearray(word_files.lga())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        data[at + offset] |= 1
    return bytes(data)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.docx", lambda: b"not a zip", "not a Word document"),
        ("a.docx", lambda: b"", "not a Word document"),
        ("a.docx", lambda: b"%PDF-1.7", "not a Word document"),
        ("a.docx", lambda: word_files.lga()[:4000], "damaged"),
        ("a.docx", lambda: OLE, "old Word file"),
        ("a.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.docx", _encrypted, "password"),
        ("a.docm", word_files.lga, "macros"),
        ("a.docx", lambda: rewritten(word_files.lga(), extra={"word/vbaProject.bin": b"x"}), "macros"),
        ("a.docx", _bomb, "unpacks to far more"),
        ("a.docx", _lying_bomb, "not a Word document|unpacks"),
        ("a.docx", lambda: b"PK" + b"x" * (11 * 1024 * 1024), "larger than 10 MB"),
        ("a.docx", lambda: rewritten(word_files.lga(), changes={"word/document.xml": _entities}), "not what"),
        ("a.docx", lambda: rewritten(word_files.lga(), extra={"../../evil.xml": b"<a/>"}), "unpacks to far more"),
        (
            "a.docx",
            lambda: rewritten(
                word_files.lga(), extra={"word/deep.xml": b"<a>" * 5000 + b"</a>" * 5000}
            ),
            "not what Word writes",
        ),
        ("a.docx", lambda: rewritten(word_files.lga(), changes={"word/document.xml": lambda xml: xml[:-40]}), "not"),
        ("a.docx", lambda: word_files.saved(docx.Document()), "no text"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_should_be_is_refused_in_words(name, make, words):
    with pytest.raises(UnreadableFile, match=words):
        understand(name, make())
