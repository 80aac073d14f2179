"""The pages: the chat, and the doors to it; everything else crosses the WebSocket."""

from urllib.parse import quote, unquote

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.generic import FormView

from chat.forms import TAKEN, SignUp


def index(request: HttpRequest) -> HttpResponse:
    """Show the chat to somebody who is logged in; its script opens the WebSocket."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect("login/")
    return render(request, "chat/index.html", {"name": request.user.get_username()})


def remember(response: HttpResponse, name: str) -> HttpResponse:
    """Let the browser keep a name, to fill in the form next time; it proves nothing."""
    response.set_cookie("name", quote(name), max_age=365 * 24 * 60 * 60, samesite="Lax",
                        httponly=True, secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
    return response


class LogIn(LoginView):
    """A name and its password open a session."""

    template_name = "chat/door.html"
    redirect_authenticated_user = True

    def get_initial(self) -> dict:
        return {"username": unquote(self.request.COOKIES.get("name", ""))}

    def form_valid(self, form) -> HttpResponse:
        return remember(super().form_valid(form), form.get_user().get_username())


class Register(FormView):
    """A new name and a password make a person, who is logged in at once."""

    template_name, form_class = "chat/door.html", SignUp
    success_url = "../"
    extra_context = {"new": True}

    def form_valid(self, form) -> HttpResponse:
        try:
            person = form.save()
        except IntegrityError:  # somebody else has taken the name since the form looked
            form.add_error("username", TAKEN)
            return self.form_invalid(form)
        login(self.request, person)
        return remember(super().form_valid(form), person.get_username())
