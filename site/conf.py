"""Sphinx's configuration of the reading site; `duplex site build` copies it beside the pages."""

from duplex import __version__

project = "Full Duplex"
author = "Full Duplex contributors"
release = __version__
copyright = author
extensions = ["myst_nb", "sphinx_copybutton"]
exclude_patterns = ["static"]
html_static_path = ["static"]
html_favicon = "static/favicon.svg"
html_css_files = ["course.css"]
html_js_files = [("quiz.js", {"defer": "defer"}), ("clinic.js", {"defer": "defer"})]
html_theme = "pydata_sphinx_theme"
html_title = "Full Duplex"
html_show_sourcelink = False
html_copy_source = False
html_use_index = False
html_sidebars = {  # no section to navigate; and editor and panes need the width
    page: [] for page in ("index", "clinic", "lecture", "licences", "docs/*", "playground/lab*")
}
html_domain_indices = False
html_last_updated_fmt = None
language = "en"
smartquotes = False  # an anchor keeps its plain quotes
pygments_style = "a11y-high-contrast-light"
html_context = {"default_mode": "auto"}  # else the theme complains in the console
html_theme_options = {
    "logo": {"text": "Full Duplex"},
    "navigation_with_keys": True,
    "header_links_before_dropdown": 7,
    "navbar_end": ["theme-switcher"],
    "footer_start": [],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "back_to_top_button": True,
    "article_header_start": ["breadcrumbs"],
}
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"  # which knows tables, as the notebooks' outputs have them
nb_ipywidgets_js = {}  # they would come from elsewhere
myst_enable_extensions = ["attrs_block", "colon_fence"]
myst_heading_anchors = 4
myst_heading_slug_func = "duplex.site.links.slug"
suppress_warnings = ["misc.highlighting_failure"]  # a cell may hold a question mark, or a magic
copybutton_exclude = ".linenos, .gp, .go"


def setup(app) -> None:
    """Give the first page the course's name once."""
    app.connect("html-page-context", _title)


def _title(app, page: str, template: str, context: dict, tree) -> None:
    if context.get("title") == project:
        context["docstitle"] = ""
