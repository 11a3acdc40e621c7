"""How the project's own site is built: by its own extension, with warnings as errors.

``sphinx-build -nW -j 2 docs build/docs``; nothing of it loads anything from a network.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import tracer

project = "tracer"
author = "the authors of tracer"
release = version = tracer.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "tracer.sphinx",
    "site_pages",
    "site_directives",
    "site_rules",
]
exclude_patterns = ["_ext", "images"]
templates_path: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist", "attrs_inline"]
myst_heading_anchors = 4

smartquotes_action = "qe"  # quotes and dots; -- begins options
default_role = "code"  # docstrings name what is elsewhere in single backticks
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
# what belongs to other packages, and what of this one has no page of its own
nitpick_ignore_regex = [
    ("py:.*", r"(sympy|fractions|decimal|pathlib|collections|os|typing)\..*"),
    ("py:.*", r"Any|Callable|Decimal|Expr|Fraction|Mapping|Path|Sequence|Symbol"),
    ("py:.*", r"tracer\.\w+\..*"),
]

html_math_renderer = "tracer"  # MathML of our own: no script, no network
html_theme = "furo"
html_title = "tracer"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_show_sourcelink = False
html_favicon = "_static/icon.svg"
html_theme_options = {
    "sidebar_hide_name": False,
    "light_css_variables": {
        "color-brand-primary": "#175f8a",
        "color-brand-content": "#175f8a",
        "font-stack": 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
        "font-stack--monospace": 'ui-monospace, "DejaVu Sans Mono", monospace',
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc4f0",
        "color-brand-content": "#7cc4f0",
    },
}
