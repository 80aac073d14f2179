"""Small pages: each shows one thing about HTTP."""

import secrets
import time

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

history = ["The library closes at six.", "Lunch is at one."]
sessions = {}  # what this server remembers: session id → name


def hello(request):
    """Greet by the name that the request carries."""
    name = request.GET.get("name", "stranger")
    return HttpResponse(f"Hello, {name}!\n", content_type="text/plain")


def page(request):
    """Return the whole page, with all the news in it."""
    return render(request, "pages/page.html", {"news": history})


@csrf_exempt
def news(request):
    """GET `?after=N`: the news after the first N, as JSON. POST: publish the body."""
    if request.method == "POST":
        history.append(request.body.decode())
    after = int(request.GET.get("after", 0))
    return JsonResponse({"news": history[after:]})


def slow(request):
    """Answer after half a second of work."""
    time.sleep(0.5)
    return HttpResponse("done\n", content_type="text/plain")


def endless(request):
    """Answer with a body whose length nobody knows when it begins."""
    return StreamingHttpResponse(iter(["one\n", "two\n"]), content_type="text/plain")


def visits(request):
    """Count the visits; the number lives in the client's cookie."""
    count = int(request.COOKIES.get("visits", 0)) + 1
    response = HttpResponse(f"visit number {count}\n", content_type="text/plain")
    response.set_cookie("visits", count)
    return response


def login(request):
    """Remember a name, and give the client the key to it."""
    key = secrets.token_hex(16)
    sessions[key] = request.GET["name"]
    response = HttpResponse("welcome\n", content_type="text/plain")
    response.set_cookie("session", key)
    return response


def whoami(request):
    """Say the name that belongs to the client's key."""
    name = sessions.get(request.COOKIES.get("session"), "a stranger")
    return HttpResponse(f"You are {name}.\n", content_type="text/plain")
