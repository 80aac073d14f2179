from django.http import JsonResponse
from django.shortcuts import render


def index(request):
    return render(request, "chat/index.html")


def room(request, room):
    from talk.hub import rooms

    return JsonResponse({"room": room, "members": len(rooms.get(room, ()))})
