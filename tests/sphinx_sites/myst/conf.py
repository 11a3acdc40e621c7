"""The same in Markdown."""

project = "Small"
author = "Nobody"
project_copyright = "Nobody"
version = release = "1"
extensions = ["myst_parser", "tracer.sphinx"]
numfig = True
