"""The chat's page, and how many are in a room; everything else crosses the WebSocket."""

from channels.layers import get_channel_layer
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from chat.rooms import group_name


def index(request: HttpRequest) -> HttpResponse:
    """Show the page; its script opens the WebSockets."""
    return render(request, "chat/index.html")


def room(request: HttpRequest, room: str) -> JsonResponse:
    """Tell how many channels are in a room's group, in the memory of this process."""
    members = get_channel_layer().groups.get(group_name(room), ())
    return JsonResponse({"room": room, "members": len(members)})
