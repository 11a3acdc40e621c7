"""Blocks as docutils nodes: equations, tables, notes and pictures like any others of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes

from tracer.embedding.portable import PICTURE_ID, joined
from tracer.errors import Fault, InputError
from tracer.sphinx.picture import picture

if TYPE_CHECKING:
    from sphinx.util.docutils import SphinxDirective

HEADINGS = ("rubrics", "sections", "none")

Text = Sequence[Sequence[str]]
_WIDEST = 40


class Writer:
    """Nodes for one directive, with its options for labels, headings and captions."""

    def __init__(self, directive: SphinxDirective) -> None:
        self.directive = directive
        self.options = directive.options
        self.env = directive.env
        self.headings = self.options.get("headings", HEADINGS[0]).strip()
        self.several = False

    def written(self, blocks: Sequence[dict[str, Any]]) -> list[nodes.Node]:
        """All blocks. Raises InputError where an option fits none of them."""
        self._check(blocks)
        self.several = sum(bool(b.get("id")) for b in blocks if b["kind"] == "display") > 1
        found = list(_boxed(self._each(blocks)))
        if self.headings == "sections":
            return list(self._in_sections(found))
        for heading in [node for node in found if isinstance(node, _Heading)]:
            place = found.index(heading)
            rubric = nodes.rubric("", "", *heading.children)
            self.directive.set_source_info(rubric)
            found[place : place + 1] = [rubric] if self.headings == "rubrics" else []
        classes = directives.class_option(self.options.get("class") or "tracer")
        whole = nodes.container("", *found, classes=list(dict.fromkeys(["tracer", *classes])))
        whole["is_div"] = True
        if self._captioned(blocks) is not None or "name" not in self.options:
            return [whole]
        target = nodes.target()
        self.directive.add_name(target)
        return [target, whole]

    def _captioned(self, blocks: Sequence[dict[str, Any]]) -> str | None:
        kinds = [block["kind"] for block in blocks]
        return kinds[0] if kinds in (["table"], ["figure"]) else None

    def _check(self, blocks: Sequence[dict[str, Any]]) -> None:
        kinds = {block["kind"] for block in blocks}
        faults = []
        if "caption" in self.options and self._captioned(blocks) is None:
            message = "is of a single table or diagram; choose one with table or diagram"
            faults.append(Fault("caption", message, argument=True))
        if "alt" in self.options and "figure" not in kinds:
            faults.append(Fault("alt", "is of diagrams; there is none here", argument=True))
        for name in ("label", "number"):
            if name in self.options and not any(block.get("id") for block in blocks):
                faults.append(Fault(name, "there is no derivation here to number", argument=True))
        parent = self.directive.state_machine.node
        if self.headings == "sections" and not isinstance(parent, nodes.section | nodes.document):
            message = "sections can only stand directly in a section of the document"
            faults.append(Fault("headings", message, argument=True))
        if faults:
            raise InputError(*faults)

    def _each(self, blocks: Sequence[dict[str, Any]]) -> Iterator[nodes.Node]:
        single = self._captioned(blocks)
        remarks: list[nodes.Node] = []
        for block in blocks:
            is_remark = block["kind"] == "paragraph" and block["remark"]
            if is_remark:
                remarks.append(self._paragraph(block["text"]))
                continue
            if remarks:
                yield nodes.note("", *remarks)
                remarks = []
            yield from self._block(block, single is not None)
        if remarks:
            yield nodes.note("", *remarks)

    def _block(self, block: dict[str, Any], single: bool) -> Iterator[nodes.Node]:
        match block["kind"]:
            case "heading" | "subheading" as kind:
                yield _Heading("", *_inline(block["text"]), level=1 + (kind == "subheading"))
            case "paragraph":
                yield self._paragraph(block["text"])
            case "display":
                yield from self._display(joined(block["rows"]), block["id"])
            case "flow":
                yield from self._display(block["latex"], "")
            case "steps":
                items = [nodes.list_item("", self._paragraph(item)) for item in block["items"]]
                yield nodes.enumerated_list("", *items, enumtype="arabic", prefix="", suffix=".")
            case "rule":
                yield _Rule(opens=block["opens"])
            case "table":
                yield from self._table(block, single)
            case "figure":
                yield from self._figure(block, single)

    def _paragraph(self, text: Text) -> nodes.paragraph:
        found = nodes.paragraph("", "", *_inline(text))
        self.directive.set_source_info(found)
        return found

    def _display(self, latex: str, name: str) -> Iterator[nodes.Node]:
        node = nodes.math_block(latex, latex, docname=self.env.docname, number=None, label=None)
        node["no-wrap"] = node["nowrap"] = False
        self.directive.set_source_info(node)
        label = self._label(name) if name else None
        if label is not None:
            node["label"] = label
            domain: Any = self.env.get_domain("math")
            domain.note_equation(self.env.docname, label, location=node)
            node["number"] = domain.get_equation_number_for(label)
            target = nodes.target("", "", ids=[nodes.make_id(f"equation-{label}")])
            self.directive.state.document.note_explicit_target(target)
            yield target
        yield node

    def _label(self, name: str) -> str | None:
        given = self.options.get("label", "").strip()
        if given:
            return f"{given}:{name}" if self.several else given
        if "number" in self.options or self.env.config.math_number_all:
            return f"{self.env.docname}:{self.env.new_serialno('sphinx.ext.math#equations')}"
        return None

    def _table(self, block: dict[str, Any], single: bool) -> Iterator[nodes.Node]:
        head = nodes.thead("", self._row(block["head"], block["words"]))
        rows = [self._row(row, block["words"]) for row in block["rows"]]
        if block["total"]:
            rows[-1]["classes"].append("tracer-total")
        # in letters, which only tables in plain text go by
        every = zip(block["head"], *block["rows"], strict=True)
        widths = (max(map(_letters, column)) for column in every)
        columns = [nodes.colspec(colwidth=min(width, _WIDEST)) for width in widths]
        group = nodes.tgroup("", *columns, head, nodes.tbody("", *rows), cols=len(columns))
        table = nodes.table("", group, classes=["tracer-table", "colwidths-auto"], align="center")
        self.directive.set_source_info(table)
        if single and "caption" in self.options:
            table.insert(0, nodes.title("", "", *self._caption()))
        if single:
            self.directive.add_name(table)
        # formulas are as wide as they are; Sphinx would give each column an equal share
        is_plain = not any(block["words"])
        letters = ("c", "c") if is_plain else ("C", "L")
        yield addnodes.tabular_col_spec(spec="".join(letters[words] for words in block["words"]))
        if is_plain:
            start = r"\begingroup\def\sphinxcolwidth#1#2{\linewidth}"
            yield nodes.raw("", start, format="latex")
        yield table
        if is_plain:
            yield nodes.raw("", r"\endgroup", format="latex")

    def _row(self, cells: Sequence[Text], words: Sequence[bool]) -> nodes.row:
        found = nodes.row()
        for cell, is_words in zip(cells, words, strict=True):
            entry = nodes.entry("", self._paragraph(cell))
            entry["classes"].append("text-left" if is_words else "text-center")
            found += entry
        return found

    def _figure(self, block: dict[str, Any], single: bool) -> Iterator[nodes.Node]:
        serial = self.env.new_serialno("tracer.picture")
        alt = self.options.get("alt") or block["alt"]
        own = picture(tikz=block["tikz"], alt=alt)
        described = re.sub(
            "(<desc[^>]*>).*?(?=</desc>)",
            lambda match: match[1] + escape(alt),
            block["svg"],
            count=1,
            flags=re.DOTALL,
        )
        own["svg"] = described.replace(PICTURE_ID, f"tracer-picture-{serial}")
        if not single:
            yield own
            return
        figure = nodes.figure("", own, align="center")
        if "caption" in self.options:
            figure += nodes.caption("", "", *self._caption())
        self.directive.set_source_info(figure)
        self.directive.add_name(figure)
        yield figure

    def _caption(self) -> list[nodes.Node]:
        inline, messages = self.directive.state.inline_text(
            self.options["caption"], self.directive.lineno
        )
        return [*inline, *messages]

    def _in_sections(self, found: Sequence[nodes.Node]) -> Iterator[nodes.Node]:
        open_: list[nodes.section] = []
        for node in found:
            if not isinstance(node, _Heading):
                if open_:
                    open_[-1] += node
                else:
                    yield node
                continue
            section = nodes.section("", nodes.title("", "", *node.children))
            section["names"].append(nodes.fully_normalize_name(node.astext()))
            self.directive.set_source_info(section)
            self.directive.state.document.note_implicit_target(section, section)
            del open_[node["level"] - 1 :]
            if open_:
                open_[-1] += section
            else:
                yield section
            open_.append(section)


class _Heading(nodes.Element):
    """The title of a section, with its ``level``, before it is known what becomes of it."""


class _Rule(nodes.Element):
    """The upper or lower edge of a box."""


def _boxed(found: Iterator[nodes.Node]) -> Iterator[nodes.Node]:
    """What stands between two rules in a container of its own."""
    box: nodes.container | None = None
    for node in found:
        if isinstance(node, _Rule) and node["opens"]:
            box = nodes.container(classes=["tracer-box"])
            box["is_div"] = True
        elif isinstance(node, _Rule):
            if box is not None:
                yield box
            box = None
        elif box is not None:
            box += node
        else:
            yield node
    if box is not None:
        yield box


def _letters(text: Text) -> int:
    return max(2, sum(len(part) for _, part in text))


def _inline(text: Text) -> list[nodes.Node]:
    return [nodes.math(t, t) if kind == "math" else nodes.Text(t) for kind, t in text]
