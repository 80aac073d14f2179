"""What a process tells of itself."""

import os

from django.http import JsonResponse

from scale.flow import Flood


async def process(request):
    """Tell which process has answered, under which name, and how much its floods have sent."""
    about = {"pid": os.getpid(), "host": request.get_host(), "sent": Flood.sent}
    return JsonResponse(about)
