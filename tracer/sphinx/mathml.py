"""Formulas without MathJax: ``html_math_renderer = "tracer"`` writes our own MathML into the page.

Browsers of today set it without any script, so a site needs no network and no other package. What
`tracer` writes is LaTeX for every builder; for HTML each formula has its MathML too, which is
printed from the same blocks. A formula that an author wrote by hand is not ours: it is shown as it
is written, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging

from tracer.api import Solution
from tracer.blocks import Figure
from tracer.derivation.quantity import addressed
from tracer.drawing import MARKS
from tracer.embedding.portable import MARK, WIDTH, joined, on_page
from tracer.formula import Num
from tracer.outline.marks import with_marks
from tracer.renderers.document import view
from tracer.renderers.html import mark_view
from tracer.typeset import MathmlPrinter

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NAME = "tracer"
_BLOCK = ' display="block"'
_logger = logging.getLogger(__name__)


def is_wanted(config: Any) -> bool:
    """Whether the site is to have MathML."""
    return bool(config.html_math_renderer == NAME)


def formulas(solution: Solution, width: float = WIDTH) -> list[str]:
    """The MathML of each formula that `portable` has of this solution, in the same order."""
    target = on_page(MathmlPrinter(solution.solved.symbols, width), escape)
    marked = with_marks(solution.solved, solution.page.blocks)
    blocks = (block for block in marked if not isinstance(block, Figure))
    return [formula for block in blocks for formula in _of_view(view(block, target))]


def of_quantity(solution: Solution) -> dict[str, str]:
    """The ``symbol`` and the ``equation`` of the quantity that was asked for."""
    found = solution[solution.asked[0]]
    printer = MathmlPrinter(found.solved.symbols, 0)
    number = found.solved.values[found.id].number
    symbol = printer.line(addressed(found.solved, found.id))
    sign = "=" if number.is_exact else "≈"
    return {"symbol": symbol, "equation": f"{symbol}<mo>{sign}</mo>{printer.line(Num(number))}"}


def _of_view(seen: dict[str, Any]) -> Iterator[str]:
    match seen["kind"]:
        case "heading" | "subheading" | "paragraph":
            yield from _inline(seen["text"])
        case "steps":
            for item in seen["items"]:
                yield from _inline(item)
        case "display":
            yield _lines([(line.left, line.right, line.indent) for line in seen["lines"]])
        case "flow":
            room = '<mspace width="2em"/>'
            yield _stacked([room.join(_row(part) for part in line) for line in seen["lines"]])
        case "table":
            for table in seen["tables"]:
                for cell in (*table["head"], *(cell for row in table["rows"] for cell in row)):
                    yield from _cell(cell)


def _inline(marked: str) -> Sequence[str]:
    return marked.split(MARK)[1::2]


def _cell(lines: Sequence[str]) -> Iterable[str]:
    if len(lines) == 1:
        return _inline(lines[0])
    return [_stacked([line.strip(MARK) for line in lines])]


def _row(formula: str) -> str:
    return f"<mrow>{formula}</mrow>"


def _stacked(rows: Sequence[str]) -> str:
    if len(rows) == 1:
        return rows[0]
    inner = "".join(f"<mtr><mtd>{row}</mtd></mtr>" for row in rows)
    return f'<mtable class="tracer-stack">{inner}</mtable>'


def _lines(rows: Sequence[tuple[str, str, bool]]) -> str:
    opening = {False: "<mtr>", True: '<mtr class="on">'}
    inner = "".join(
        f"{opening[indent]}<mtd>{left}</mtd><mtd>{right}</mtd></mtr>"
        for left, right, indent in rows
    )
    return f'<mtable class="tracer-lines" displaystyle="true">{inner}</mtable>'


def latex_of(blocks: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The LaTeX of each formula of portable blocks, as `writing` puts it into nodes."""
    for block in blocks:
        match block["kind"]:
            case "heading" | "subheading" | "paragraph":
                yield from _maths(block["text"])
            case "steps":
                for item in block["items"]:
                    yield from _maths(item)
            case "display":
                yield joined(block["rows"])
            case "flow":
                yield block["latex"]
            case "table":
                for cell in (*block["head"], *(cell for row in block["rows"] for cell in row)):
                    yield from _maths(cell)


def _maths(text: Sequence[Sequence[str]]) -> Iterator[str]:
    return (part for kind, part in text if kind == "math")


def attach(found: Iterable[nodes.Node], latex: Iterable[str], mathml: Iterable[str]) -> None:
    """Give every formula of ours among these nodes its MathML."""
    known = dict(zip(latex, mathml, strict=True))
    for top in found:
        for node in top.findall(lambda n: isinstance(n, nodes.math | nodes.math_block)):
            if isinstance(node, nodes.Element) and node.astext() in known:
                node["mathml"] = known[node.astext()]


def _visit_inline(self: Any, node: nodes.Element) -> None:
    self.body.append(_math(node, ""))
    raise nodes.SkipNode


def _visit_block(self: Any, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math tracer-math"))
    if node["number"]:
        number = escape(str(node["number"]))
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f"{_math(node, _BLOCK)}</div>\n")
    raise nodes.SkipNode


def _math(node: nodes.Element, attributes: str) -> str:
    if "mathml" in node:
        return f"<math{attributes}>{node['mathml']}</math>"
    message = "html_math_renderer is tracer, which writes formulas of its own alone; use mathjax"
    _logger.warning("%s", message, location=node, type="tracer")
    return f"<code>{escape(node.astext().strip())}</code>"


_STYLE = """\
math{font-family:"Latin Modern Math","STIX Two Math","Cambria Math","Libertinus Math",math}
.tracer-math{margin:1em 0;padding-block:.1em}
.tracer-math>math{display:block math;width:max-content;max-width:none;margin-inline:auto;\
math-style:normal}
.tracer-math mtable{math-style:normal;border-spacing:0}
.tracer-lines>mtr>mtd{padding:.42em 0;text-align:left;text-align:-webkit-left}
.tracer-lines>mtr>mtd:first-child{text-align:right;text-align:-webkit-right}
.tracer-lines>mtr.on>mtd:last-child{padding-left:2.2em}
.tracer-stack>mtr>mtd{padding:.2em 0}
mtable.matrix>mtr>mtd{padding:.12em .4em}
math [class^="m"]{background-size:100% 1.4pt;background-position:bottom;\
background-repeat:no-repeat;padding-bottom:.22em}
math mtable[class]{background:none;padding-bottom:0}
"""


def style() -> str:
    """The style of formulas; a factor has the same mark as in pictures, a colour and a line."""
    marks = (mark_view(number, mark) for number, mark in enumerate(MARKS, start=1))
    return _STYLE + "".join(
        f"math .m{mark['number']}{{color:var(--drawing-m{mark['number']});"
        f"background-image:repeating-linear-gradient(to right,{mark['line']})}}\n"
        for mark in marks
    )


def setup(app: Sphinx) -> None:
    """Register the renderer where a site asks for it; `tracer.sphinx` does this.

    One that is registered beside MathJax is Sphinx's default, also of sites that did not ask.
    """
    app.connect("config-inited", _register)


def _register(app: Sphinx, config: Any) -> None:
    if is_wanted(config):
        app.add_html_math_renderer(NAME, (_visit_inline, None), (_visit_block, None))
