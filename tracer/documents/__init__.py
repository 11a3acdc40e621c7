"""Finished documents read for what they state: Markdown, LaTeX, notebooks, plain text.

`pieces` is what a document consists of, with the place of everything; `statements` says which
quantity each formula and each table cell states; `links` checks every A = B; `annotate` writes
the document back with a mark and a note at each finding.
"""
