"""The page around a report: everything it needs is in it, and the browser is told to load and run nothing else."""

from importlib.resources import files

from recon.rendering.html import Html, element, joined, styles

# Were a script ever to get past the escaping, a browser would still not run it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(title: str, body: Html, *, style: str = "page.css") -> str:
    """Make a page that can be mailed, archived and printed by itself, with one of our style sheets."""
    head = joined(
        (
            Html('<meta charset="utf-8">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html('<meta name="referrer" content="no-referrer">'),
            element("title", title),
            styles(files("recon.rendering").joinpath(style).read_text(encoding="utf-8")),
        )
    )
    return f"<!DOCTYPE html>\n{element('html', element('head', head), element('body', body), lang='en')}\n"
