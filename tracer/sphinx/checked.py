"""The directive ``checked``: what `tracer check` says of a submission, made when a site is built.

::

    .. tracer:checked:: net.toml work.md

PROBLEM is named as in other directives, ANSWERS is a path of the same kind; a page is written anew
when either changes. The findings come as sections of their own below the section that the
directive stands in; so it can't stand inside a list or a quotation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tracer.checking import check
from tracer.embedding.solver import loaded
from tracer.errors import TracerError
from tracer.formula import Equation
from tracer.reports.content import COUNTED, MARKS, Given, Group, Item, Said, Section
from tracer.reports.headline import counts, headline, points
from tracer.reports.sections import sections
from tracer.sphinx.desk import given_problem
from tracer.sphinx.faults import box, told
from tracer.symbols import Symbols
from tracer.typeset import LatexPrinter, MathmlPrinter, Printer, TextPrinter


class printed(nodes.General, nodes.Inline, nodes.TextElement):  # noqa: N801 - a node, as docutils names them
    """A formula in each language that a builder may need: ``html``, ``latex``, and its text."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """Words and formulas of a report as nodes."""

    html: Printer
    latex: Printer
    text: Printer
    folder: str

    @classmethod
    def of(cls, symbols: Symbols, folder: str) -> _Writer:
        """The printers of a problem's symbols; ``folder`` is left out of places."""
        printers = MathmlPrinter(symbols, 0), LatexPrinter(symbols, 0), TextPrinter(symbols, 0)
        return cls(*printers, folder)

    def said(self, said: Said) -> Iterator[nodes.Node]:
        """A sentence."""
        for piece in said:
            if isinstance(piece, Given):
                yield nodes.literal(piece.text, piece.text)
            elif isinstance(piece, str):
                yield nodes.Text(piece)
            else:
                html, latex, text = (
                    printer.one_line(piece) if isinstance(piece, Equation) else printer.line(piece)
                    for printer in (self.html, self.latex, self.text)
                )
                yield printed("", text, html=f"<math>{html}</math>", latex=latex)

    def paragraph(self, said: Said, *classes: str) -> nodes.paragraph:
        """A paragraph."""
        return nodes.paragraph("", "", *self.said(said), classes=list(classes))

    def item(self, item: Item) -> nodes.container:
        """One finding: what it is about, where, the facts, why."""
        box = nodes.container(classes=["tracer-finding", item.code])
        head = nodes.paragraph("", "", classes=["tracer-head"])
        head += _mark(item.code)
        head += nodes.strong("", "", *self.said(item.head))
        box += head
        if item.where:
            where = item.where.removeprefix(self.folder)  # pages do not say where they were built
            box += nodes.paragraph("", f"at {where}", classes=["tracer-place"])
        if item.facts:
            facts = nodes.field_list()
            for label, said in item.facts:
                body = nodes.field_body("", self.paragraph(said))
                facts += nodes.field("", nodes.field_name("", label), body)
            box += facts
        box += [self.paragraph(note) for note in item.notes]
        return box

    def group(self, group: Group) -> Iterator[nodes.Node]:
        """A table and the sentence above it."""
        if group.intro:
            yield self.paragraph(group.intro)
        rows = [[list(self.said(cell)) for cell in row] for row in group.rows]
        yield _table(group.head, rows)

    def section(self, section: Section, name: str) -> nodes.section:
        """A section of the report with an id of its own."""
        found = nodes.section(ids=[name], names=[name])
        found += nodes.title("", section.title)
        found += [self.paragraph(text) for text in section.lead]
        found += [self.item(item) for item in section.items]
        for group in section.groups:
            found += list(self.group(group))
        return found


def _mark(code: str) -> nodes.inline:
    """The sign of a verdict; its word is what is read aloud, so that the sign is not alone."""
    word = COUNTED.get(code, "remark")
    return nodes.inline("", f"{MARKS[code]} {word}", classes=["tracer-mark", code])


def _table(head: Sequence[str], rows: Iterable[Sequence[list[nodes.Node]]]) -> nodes.table:
    table = nodes.table(classes=["tracer-table"])
    group = nodes.tgroup(cols=len(head))
    table += group
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", _row([[nodes.Text(cell)] for cell in head]))
    group += nodes.tbody("", *(_row(row) for row in rows))
    return table


def _row(cells: Iterable[list[nodes.Node]]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


class Checked(SphinxDirective):
    """The report on a submission."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """The headline, then a section for each kind of finding."""
        try:
            given = given_problem(self.env, self.arguments[0])
            problem = loaded(given)
            _, answers = self.env.relfn2path(self.arguments[1])
            self.env.note_dependency(answers)
            report = check(problem, answers)
        except TracerError as error:
            return [box(told(error, self.env.docname, self.lineno))]
        writer = _Writer.of(report.worked.symbols, f"{Path(answers).parent}/")
        base = nodes.make_id(Path(answers).stem)
        summary = nodes.bullet_list(classes=["tracer-counts"])
        for code, text in counts(report):
            words = nodes.inline("", f"{MARKS[code]} {text}", classes=["tracer-mark", code])
            summary += nodes.list_item("", nodes.paragraph("", "", words))
        if report.of:
            summary += nodes.list_item("", nodes.paragraph("", points(report)))
        found: list[nodes.Node] = [nodes.paragraph("", headline(report)), summary]
        for section in sections(report):
            node = writer.section(section, f"{base}-{section.kind}")
            self.state.document.note_implicit_target(node, node)
            found.append(node)
        return found


def _html(translator: Any, node: printed) -> None:
    translator.body.append(node["html"])
    raise nodes.SkipNode


def _latex(translator: Any, node: printed) -> None:
    translator.body.append(rf"\({node['latex']}\)")
    raise nodes.SkipNode


def _text(translator: Any, node: printed) -> None:
    translator.add_text(node.astext())
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the node; the directive belongs to the domain."""
    app.add_node(printed, html=(_html, None), latex=(_latex, None), text=(_text, None))
