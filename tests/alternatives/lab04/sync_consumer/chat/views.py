import uuid

from channels.layers import get_channel_layer
from django.http import JsonResponse
from django.views.generic import TemplateView

index = TemplateView.as_view(template_name="chat/index.html")


def room(request, room):
    groups = get_channel_layer().groups
    key = uuid.uuid5(uuid.NAMESPACE_URL, room).hex
    return JsonResponse({"members": len(groups[key]) if key in groups else 0, "room": room})
