"""Diagrams of networks and graphs, laid out on their own: drawings, in no format.

`pictures.overview` is the whole with its parameters, `pictures.path` the way from one quantity to
the loss with the local derivative on each edge. All places come from here; `typeset.svg`, `tikz`
and `typst_drawing` write them alike.

The marks of factors: the factor ``dY/dX`` has the mark of X's distance from the loss, counted along
the longest path: 1 for what the loss reads itself, and so on down; after 5 it begins again with 1.
So in a network all factors of one column of the chain rule have one mark, whichever path they are
of, and the marks follow the chain from the loss: ``dloss/dl2`` 1, ``dl2/dp2`` 2, ``dp2/dl1`` 3.
A factor that a formula leaves out, being 1, keeps its number.
"""
