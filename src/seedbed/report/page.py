"""One self-contained page from what the other modules found: no request, no style and no script but its own.

Every text goes through the template's escaping; the only markup that enters as it is are pictures drawn here from
numbers, and sentences built with `Markup`, whose parts are escaped one by one. The page's policy allows its one
style sheet and its one script by hash and nothing else, so that not even a mistake here could load or run anything
more. The script sorts, filters and switches what is there already; without it everything is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seedbed.errors import MissingExtra
from seedbed.report.files import hash_of, script_hash, template
from seedbed.report.palette import DARK, GRID, INK, LIGHT, MUTED, PAGE_DARK, PAGE_LIGHT
from seedbed.report.words import count, percent, plural

__all__ = ["page"]


def page(context: Mapping[str, Any]) -> str:
    """The page as HTML. Raises MissingExtra without jinja2."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtra(
            "jinja2 lays out the report and is not installed", hint="pip install 'seedbed[local]'"
        ) from error
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(count=count, percent=percent)
    environment.globals.update(plural=plural)
    style = environment.get_template("report.css").render(
        light=LIGHT, dark=DARK, ink=INK, muted=MUTED, grid=GRID, page_light=PAGE_LIGHT, page_dark=PAGE_DARK
    )
    policy = f"default-src 'none'; style-src '{hash_of(style)}'; script-src '{script_hash()}'"
    made: str = environment.get_template("report.html").render(
        style=style, script=template("report.js"), policy=policy, **context
    )
    return made
