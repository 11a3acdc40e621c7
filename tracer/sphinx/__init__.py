"""A Sphinx extension: worked derivations in a documentation, always those of the problem file.

In ``conf.py``: ``extensions = ["tracer.sphinx"]``. A problem is a file, by its place relative to
the document or, with a leading ``/``, to the source folder; ``example:deck`` is one that comes with
the package. Documents are read again when a problem file of theirs changes.

The directive ``derivation`` writes a solution, or a part of it::

    .. derivation:: /problems/deck.toml
       :only: dloss/dw1[1,2]
       :label: chain

    Equation :eq:`chain` is a sum over five samples.

Or the problem is its content; an argument and content at once are a fault. Without both it is that
of ``tracer:problem``, else ``tracer_problem`` of the configuration. In MyST the same is::

    ```{derivation} /problems/deck.toml
    :section: Gradients
    ```

What it takes, beside the options of `tracer.embedding.options` (``only``, ``section``, ``table``,
``diagram``, ``notation``, ``view``, ``detail``, ``show``, ``hide``, ``digits``, ``significant``,
``steps``, ``print``):

``label``
    Numbers the equations and names them for ``:eq:``. With one derivation that is the name; with
    several each is ``LABEL:ID``, as in ``:eq:`chain:dloss/dw1[1,2]```.
``number``
    Numbers the derivations without a name.
``headings``
    ``rubrics``, which no table of contents lists (the default), ``sections``, where the directive
    stands directly in a section, or ``none``.
``caption``, ``name``, ``alt``
    A caption of a single table or diagram, a name for ``:ref:`` and ``:numref:``, and other words
    for what a diagram shows.
``class``
    Classes of the whole.

Roles keep numbers in prose from growing stale. Before the id stands a problem, or there is that of
the document; after it may stand ``digits=2``, ``significant=3``, ``steps=2``, ``notation=ng``::

    .. tracer:problem:: /problems/deck.toml

    The gradient is :tracer:value:`dloss/dw1[1,2]`, exactly :tracer:exact:`dloss/dw1[1,2]`.
    With two decimals it is :tracer:value:`deck.toml dloss/dw1[1,2] digits=2`.
    In symbols: :tracer:symbol:`dloss/dw1[1,2]`, and with its value :tracer:equation:`loss`.

``tracer:checked`` writes the report on a submission: ``.. tracer:checked:: net.toml work.md``.

With ``html_math_renderer = "tracer"`` formulas are MathML, which needs no script and no network.

``tracer:problem`` may also have the problem as its content. Configuration: ``tracer_problem``,
``tracer_notation`` and ``tracer_digits`` hold where nothing else is said.

What can't be used is a warning of Sphinx at its line, so that ``-W`` fails, and a box on the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tracer

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the domain, the directive, the nodes and the style sheet."""
    from tracer.embedding.cache import code
    from tracer.sphinx import checked, mathml
    from tracer.sphinx.derivation import Derivation
    from tracer.sphinx.domain import Tracer
    from tracer.sphinx.picture import add_picture

    app.add_config_value("tracer_problem", None, "env", (str, type(None)))
    app.add_config_value("tracer_notation", None, "env", (str, type(None)))
    app.add_config_value("tracer_digits", None, "env", (int, type(None)))
    app.add_domain(Tracer)
    app.add_directive("derivation", Derivation)
    add_picture(app)
    checked.setup(app)
    mathml.setup(app)
    return {
        "version": tracer.__version__,
        # with other code documents may come out otherwise, so all of them are read again
        "env_version": int(code()[:12], 16),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
