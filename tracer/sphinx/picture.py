"""Pictures in a document: SVG, TikZ, or the words for what they show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from tracer.embedding.fragment import colours
from tracer.sphinx import mathml
from tracer.typeset.latex import declarations
from tracer.typeset.svg import style

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_STYLE = "tracer.css"


class picture(nodes.General, nodes.Element):  # noqa: N801 - nodes are named so
    """A picture with the attributes ``svg``, ``tikz`` and ``alt``."""


def add_picture(app: Sphinx) -> None:
    """Register the node, and what its formats need."""
    app.add_node(
        picture,
        html=(_html, _leave),
        latex=(_latex, _leave),
        text=(_text, _leave),
        man=(_man, _leave),
        texinfo=(_texinfo, _leave),
    )
    app.add_latex_package("tikz")
    app.add_css_file(_STYLE)
    app.connect("builder-inited", _write_style)
    app.connect("config-inited", _add_signs)


def _html(self: Any, node: picture) -> None:
    self.body.append(f'<div class="tracer-picture">{node["svg"]}</div>')
    raise nodes.SkipNode


def _latex(self: Any, node: picture) -> None:
    # as wide as it is, but no wider than the text
    self.body.append(
        "\n\\begin{center}\\sbox0{%\n" + node["tikz"] + "}%\n"
        "\\ifdim\\wd0>\\linewidth\\resizebox{\\linewidth}{!}{\\usebox0}\\else\\usebox0\\fi"
        "\\end{center}\n"
    )
    raise nodes.SkipNode


def _text(self: Any, node: picture) -> None:
    self.new_state()
    self.add_text(f"[{node['alt']}]")
    self.end_state()
    raise nodes.SkipNode


def _man(self: Any, node: picture) -> None:
    self.visit_paragraph(node)
    self.visit_Text(nodes.Text(f"[{node['alt']}]"))
    self.depart_paragraph(node)
    raise nodes.SkipNode


def _texinfo(self: Any, node: picture) -> None:
    self.body.append(f"\n\n[{self.escape(node['alt'])}]\n\n")
    raise nodes.SkipNode


def _leave(self: Any, node: picture) -> None:
    """Never reached."""


def _write_style(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _STYLE).write_text(_css(), encoding="utf-8")


def _add_signs(_: Sphinx, config: Config) -> None:
    """Before the user's own preamble, which so counts more."""
    if config.latex_engine == "pdflatex":
        own = config.latex_elements.get("preamble", "")
        config.latex_elements = {
            **config.latex_elements,
            "preamble": f"{declarations()}\n{own}",
        }


def _css() -> str:
    """Themes say by an attribute whether a page is dark; those that do not are light."""
    light, dark = colours()
    return "\n".join(
        (
            f":root{{{light}}}",
            f'[data-theme="dark"]{{{dark}}}',
            f'@media (prefers-color-scheme:dark){{body[data-theme="auto"]{{{dark}}}}}',
            style(),
            _OWN_STYLE,
            mathml.style(),
        )
    )


_OWN_STYLE = """\
.tracer-picture{margin:1em 0;text-align:center;overflow-x:auto}
.tracer-picture svg{max-width:100%;height:auto}
.tracer div.math{overflow-x:auto;overflow-y:hidden}
.tracer-box{border-block:1px solid currentcolor;padding-block:.5em;margin-block:1em}
table.tracer-table.align-center{display:table}
.tracer-table td.text-left,.tracer-table th.text-left{text-align:left}
.tracer-table td.text-center,.tracer-table th.text-center{text-align:center}
.tracer-total td{border-top:1px solid currentcolor}
"""
