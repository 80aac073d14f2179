"""Pages that tell where they run, and let people in and out."""

import threading

from django.contrib.auth import get_user_model, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse


def where(request: HttpRequest) -> JsonResponse:
    """Tell how this request has come here, and which thread answers it."""
    scope = getattr(request, "scope", None)
    return JsonResponse({
        "class": type(request).__name__,
        "thread": threading.current_thread().name,
        "scope": sorted(scope) if scope else None,
    })  # fmt: skip


def enter(request: HttpRequest, name: str) -> HttpResponse:
    """Log a person in, without asking for a password: this is a notebook."""
    person, _ = get_user_model().objects.get_or_create(username=name)
    login(request, person)
    request.session["colour"] = "green"
    return HttpResponse(f"Hello, {name}.")


def leave(request: HttpRequest) -> HttpResponse:
    """Log the person out."""
    logout(request)
    return HttpResponse("Goodbye.")
