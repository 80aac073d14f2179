"""Pages that let people in and out, and two that only a person with a session may use."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model, login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse

from people.consumers import session_group
from people.letters import LETTERS


def enter(request: HttpRequest, name: str) -> HttpResponse:
    """Log a person in, without asking for a password: this is a notebook."""
    person, _ = get_user_model().objects.get_or_create(username=name)
    login(request, person)
    if "seconds" in request.GET:
        request.session.set_expiry(int(request.GET["seconds"]))
    return HttpResponse(f"Hello, {name}.")


def leave(request: HttpRequest) -> HttpResponse:
    """Log the person out, and let the session's connections know."""
    group = session_group(request.session)
    logout(request)
    async_to_sync(get_channel_layer().group_send)(group, {"type": "session.ended"})
    return HttpResponse("Goodbye.")


@login_required
def letters(request: HttpRequest) -> HttpResponse:
    """Show a person's letters."""
    return JsonResponse({"letters": LETTERS.get(request.user.username, [])})


@login_required
def burn(request: HttpRequest) -> HttpResponse:
    """Burn a person's letters; the kind of request that Django's CSRF protection is for."""
    return HttpResponse("Burnt (not really).")
