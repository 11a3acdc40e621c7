"""Diagrams of networks and graphs, laid out on their own: drawings, in no format.

`pictures.overview` is the whole with its parameters, `pictures.path` the way from one quantity to
the loss with the local derivative on each edge. All places come from here; `typeset.svg`, `tikz`
and `typst_drawing` write them alike.

A factor has the mark that `outline.marks` gives it, as in formulas and tables: its number in the
chain from the loss, ``dloss/dl2`` 1, ``dl2/dp2`` 2, ``dp2/dl1`` 3, and after 5 again 1.
"""
