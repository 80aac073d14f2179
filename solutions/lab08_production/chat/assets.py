"""The page's files, where no proxy stands in front to serve them."""

import mimetypes
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse


def asset(request: HttpRequest, path: str) -> HttpResponse:
    """Answer with a static file; Django's own view for this serves nothing without DEBUG."""
    found = finders.find(path)
    if not found or not Path(found).is_file():
        raise Http404
    kind, _ = mimetypes.guess_type(found)
    return HttpResponse(Path(found).read_bytes(), content_type=kind or "application/octet-stream")
