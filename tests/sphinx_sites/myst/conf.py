"""The same in Markdown."""

project = "Small"
author = "Nobody"
copyright = "Nobody"
version = release = "1"
extensions = ["myst_parser", "tracer.sphinx"]
numfig = True
