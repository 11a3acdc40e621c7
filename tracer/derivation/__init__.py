"""Any quantity's rule as an equation: named partials = formulas = numbers = value.

Reads the trace and its values; knows no order of teaching and no format.
"""
