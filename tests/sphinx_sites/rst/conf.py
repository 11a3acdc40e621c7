"""A small site in reStructuredText; its problems are copied from the examples into problems/."""

project = "Small"
author = "Nobody"
project_copyright = "Nobody"
version = release = "1"
extensions = ["tracer.sphinx"]
numfig = True
tracer_problem = "problems/deck.toml"
