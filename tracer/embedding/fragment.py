"""A solution as HTML inside a page of another site: nothing to load, no script, a style of its own.

The style holds only inside ``class="tracer"`` and takes the colours of the page around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import escape

from tracer.api import Solution
from tracer.drawing import MARKS
from tracer.formula import Num
from tracer.renderers.document import filled
from tracer.renderers.html import mark_view
from tracer.typeset import MathmlPrinter
from tracer.typeset.picture import PALETTE
from tracer.typeset.svg import style as pictures

# attributes that hold ids, and links to them; all text is escaped, so no quote is part of it
_IDS = re.compile(r'(?<= )(id|aria-labelledby|aria-describedby|href)="([^"]*)"|url\(#([^)"]*)\)')
_OWN = re.compile(r' id="([^"]*)"')


def fragment(solution: Solution) -> str:
    """The solution, or the part of it that it is, as HTML."""
    html = solution.render("html", fragment=True)
    # sites dress, and some wrap, every table that has no class
    return html.replace("<table>", '<table class="tracer-table">')


def value(solution: Solution) -> str:
    """The value of the quantity that was asked for as a formula, rounded as it is printed."""
    found = solution[solution.asked[0]]
    number = found.solved.values[found.id].number
    return f"<math>{MathmlPrinter(found.solved.symbols, 0).line(Num(number))}</math>"


@cache
def style() -> str:
    """The style that fragments need, once on a page.

    Themes say by an attribute whether a page is dark; those that do not are light.
    """
    light, dark = colours()
    values = {
        "light": light,
        "dark": dark,
        "pictures": pictures(),
        "marks": [mark_view(number, mark) for number, mark in enumerate(MARKS, start=1)],
    }
    own = filled("fragment.css", values, None)
    return f"<style>\n{own}</style>\n"


def colours() -> tuple[str, str]:
    """The colours of pictures as properties of CSS: on a light page, and on a dark one."""
    light = "".join(f"--drawing-{name}:{colour.light};" for name, colour in PALETTE.items())
    dark = "".join(f"--drawing-{name}:{colour.dark};" for name, colour in PALETTE.items())
    return light, dark


def fault_box(message: str) -> str:
    """What is wrong, where the solution would be."""
    return (
        '<div class="tracer-fault" role="alert"><strong>tracer</strong>'
        f"<pre>{escape(message)}</pre></div>"
    )


def joining(html: str, earlier: Iterable[str]) -> str:
    """A fragment for a page that has ``earlier`` ones: with the style, if none of them has it.

    An id that one of them has, too, gets a number.
    """
    before = [text for text in earlier if 'class="tracer' in text]
    taken = {name for text in before for name in _OWN.findall(text)}
    renamed = {name: _free(name, taken) for name in _OWN.findall(html) if name in taken}

    def own(match: re.Match[str]) -> str:
        attribute, names, reference = match.groups()
        if reference is not None:
            return f"url(#{renamed.get(reference, reference)})"
        if attribute == "href":
            link = names.removeprefix("#")
            return f'href="#{renamed[link]}"' if names != link and link in renamed else match[0]
        return f'{attribute}="{" ".join(renamed.get(name, name) for name in names.split(" "))}"'

    html = _IDS.sub(own, html) if renamed else html
    return html if any(style() in text for text in before) else style() + html


def _free(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"
