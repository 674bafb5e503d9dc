"""Real Word files, written as a council would write them."""

from functools import cache
from io import BytesIO

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn


def saved(document, *, with_every_style: bool = False) -> bytes:
    """Without the styles that nothing here uses: nine tenths of what there is to read in such a file are theirs."""
    if not with_every_style:
        for style in [one for one in document.styles.element if not _may_be_used(one)]:
            document.styles.element.remove(style)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _may_be_used(style) -> bool:
    table = style.get(qn("w:type")) == "table" and style.get(qn("w:default")) is None
    return not table and style.tag != qn("w:latentStyles")


def link(paragraph, text, address):
    number = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), number)
    run = OxmlElement("w:r")
    words = OxmlElement("w:t")
    words.text = text
    run.append(words)
    element.append(run)
    paragraph._p.append(element)


@cache
def lga(*, with_every_style: bool = False) -> bytes:
    """The LGA's headings, one of them merged, with a table, lists, a link and a heading that nobody knows."""
    d = docx.Document()
    d.add_heading("Reduced mowing to support local nature", 0)
    d.add_heading("Introduction", 1)
    d.add_paragraph("Southwark cut its verges once instead of nine times and counted what grew.")
    d.add_heading("1. The Challenge & solutions:", 1)
    paragraph = d.add_paragraph("Verges were ")
    paragraph.add_run("mown nine times").bold = True
    paragraph.add_run(" a year. See ")
    link(paragraph, "the plan", "https://example.org/plan")
    d.add_paragraph("fewer cuts", style="List Bullet")
    d.add_paragraph("signs on site", style="List Bullet")
    d.add_heading("The impact", 1)
    d.add_paragraph("CO")
    table = d.add_table(3, 3)
    for row, texts in zip(
        table.rows, [("", "2018", "2019"), ("Species", "12", "31"), ("Complaints", "9", "40 <b>")], strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    d.add_heading("Challenges", 1)
    d.add_paragraph("Residents took it for neglect.")
    d.add_heading("Lessons learned", 1)
    d.add_paragraph("Put the signs up first.", style="List Number")
    d.add_paragraph("Cut a strip along the path. It shows that somebody cares for it.", style="List Number")
    d.add_heading("How is the new approach being sustained?", 1)
    d.add_paragraph("It is in the contract until 2030.")
    d.add_heading("Awards and press", 1)
    d.add_paragraph("Highly commended.")
    d.add_heading("Contact", 1)
    d.add_paragraph("Sam Officer, Ecology Officer\nEmail: sam.officer@southwark.gov.uk\nTel: 020 7525 5000")
    d.add_heading("Relevant documents", 1)
    link(d.add_paragraph(), "Survey of 2019", "https://example.org/survey")
    return saved(d, with_every_style=with_every_style)


def bold_lines() -> bytes:
    """No heading style anywhere: the title is the first line, the headings are lines in bold."""
    d = docx.Document()
    d.add_paragraph("Warm rooms in libraries")
    for heading, text in (
        ("Executive summary", "Nine libraries stayed open on winter evenings."),
        ("Rationale, objectives", "Heating had become dear."),
        ("What was delivered", "Tea, and a place to sit."),
        ("Obstacles", "Staff rotas."),
        ("Weather", "It was mild."),
    ):
        d.add_paragraph().add_run(heading).bold = True
        d.add_paragraph(text)
    return saved(d)


def form_table() -> bytes:
    """A form: questions on the left, answers on the right."""
    d = docx.Document()
    d.add_heading("Case study form", 1)
    table = d.add_table(4, 2)
    rows = [
        ("Objectives", "Fewer missed bins."),
        ("Outcomes", "Missed bins fell by a third."),
        ("Costs and savings", "£12,000."),
        ("Ward", "Brinnington"),
    ]
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return saved(d)
