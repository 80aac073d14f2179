"""The chat's pages, and its JSON API."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from chat.history import first_page, messages_after
from chat.inputs import read_cursor, read_message
from chat.models import Message


def index(request: HttpRequest) -> HttpResponse:
    """Show the page; it fetches the messages itself."""
    return render(request, "chat/index.html")


def echo(request: HttpRequest) -> HttpResponse:
    """Show the page that speaks to the echo; the WebSocket is opened by its script."""
    return render(request, "chat/echo.html")


# Exempt from the CSRF token, because the token guards forms, and no form can post here: a page
# of another site can send a form, but only as urlencoded, multipart or plain text, and `read_json`
# takes nothing but application/json. To send that, the other site's script would have to ask this
# server first (a CORS preflight), and this server never says yes. Besides, there is no login yet
# that another site could misuse: that question comes back in lab 05.
@csrf_exempt
def messages(request: HttpRequest) -> JsonResponse:
    """GET the messages after a cursor, or POST a new one."""
    try:
        if request.method in ("GET", "HEAD"):
            return list_messages(request)
        if request.method == "POST":
            return create_message(request)
    except BadRequest as error:
        return refuse(400, str(error))
    answer = refuse(405, f"{request.method} is not possible here; GET and POST are.")
    answer["Allow"] = "GET, HEAD, POST"
    return answer


def list_messages(request: HttpRequest) -> JsonResponse:
    """Answer with the messages after the cursor."""
    newer = messages_after(read_cursor(request.GET))
    return JsonResponse({"messages": [message.as_json() for message in first_page(newer)]})


def create_message(request: HttpRequest) -> JsonResponse:
    """Store a message and answer with it."""
    message = Message.objects.create(**read_message(request))
    return JsonResponse(message.as_json(), status=201)


def refuse(status: int, reason: str) -> JsonResponse:
    """Say no in the form that every client of this API understands."""
    return JsonResponse({"error": reason}, status=status)
