"""The chat's page; everything else crosses the WebSocket."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def index(request: HttpRequest) -> HttpResponse:
    """Show the page; its script opens the WebSockets."""
    return render(request, "chat/index.html")
