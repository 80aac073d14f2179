"""The pages: a visitor logs in and learns where the socket is; others look into the process."""

import os

from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model, login
from django.http import HttpResponse, JsonResponse


def enter(request):
    """Log a visitor in under the name that was asked for (no password: this is a clinic)."""
    user, _ = get_user_model().objects.get_or_create(username=request.GET["name"])
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse(f"Hello, {user}.")


def socket(request):
    """Tell a page's script where its socket is."""
    room = request.GET["room"]
    return JsonResponse({"socket": f"ws://{request.get_host()}/ws/chat/{room}/"})


async def members(request):
    """Tell how many members each group has; only the layer in memory can be asked so."""
    groups = get_channel_layer().groups
    return JsonResponse({name: len(channels) for name, channels in groups.items()})


async def process(request):
    """Tell which process answers."""
    return JsonResponse({"pid": os.getpid()})
