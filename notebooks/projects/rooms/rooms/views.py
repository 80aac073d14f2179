"""What a process knows of its groups; only the layer in memory can be looked into from here."""

from channels.layers import get_channel_layer
from django.http import JsonResponse

from rooms.slips import Circular


async def groups(request):
    """Tell the groups of this process, each with the channels in it."""
    layer = get_channel_layer()
    return JsonResponse({name: list(members) for name, members in layer.groups.items()})


async def heard(request):
    """Tell how often the circular consumers have been called with their own event."""
    return JsonResponse({"times": Circular.times})
