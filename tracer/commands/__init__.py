"""Commands of the command line, a module each; `tracer.cli` has the others and puts them together.

Like it they import nothing heavy before they run.
"""
