"""The keys of ``[input]``: in which conventions the numbers of a problem file are written."""

from __future__ import annotations

from tracer.schema.kinds import Choice, Key, Matrix

INPUT = (
    Key(
        "weights",
        Choice(("to-from", "from-to")),
        'How every matrix of weights lies. "to-from": row j holds the weights to neuron j, column '
        'k those from neuron k below. "from-to", the transposed matrix: row k holds the weights '
        "from neuron k below, column j those to neuron j.",
        'weights = "from-to"',
        "to-from",
    ),
    Key(
        "biases",
        Choice(("separate", "first", "last")),
        'Where the biases stand. "separate": in biases. "first" or "last": in weights, before or '
        "after the weights to each neuron, that is as the first or last column, or with "
        'weights = "from-to" as the first or last row; a layer that has none then says '
        "biases = false, and the others have no such key.",
        'biases = "first"',
        "separate",
    ),
    Key(
        "samples",
        Choice(("tables", "rows", "columns")),
        'How the samples are given. "tables": each as a table [[data]]. "rows" or "columns": all '
        "in one table [data], whose inputs and targets are matrices with a row or a column for "
        "each sample.",
        'samples = "columns"',
        "tables",
    ),
    Key(
        "targets",
        Choice(("values", "classes-from-0", "classes-from-1")),
        'What the targets are. "values": a number for each output. "classes-from-0" or '
        '"classes-from-1": the number of the right class, counted from 0 or from 1; its output '
        "should be 1 and all others 0.",
        'targets = "classes-from-0"',
        "values",
    ),
)

SAMPLES = (
    Key(
        "inputs",
        Matrix(samples=True),
        "The inputs of all samples; a list of numbers is one input for each sample.",
        "inputs = [[1, 3], [3, 1]]",
    ),
    Key(
        "targets",
        Matrix(samples=True),
        "The targets of all samples; a list of numbers is one target, or class, for each sample.",
        "targets = [1, 0]",
    ),
)
