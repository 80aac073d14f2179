"""Two views that learn their lesson in the notebook: one believes everything, one is too short."""

import json

from django.http import JsonResponse
from django.views.decorators.http import require_http_methods

stored = []


def careless(request):
    """GET: what is stored. Anything else: store the author and the text of the body."""
    if request.method == "GET":
        return JsonResponse({"messages": stored})
    data = json.loads(request.body)
    stored.append({"author": data["author"].strip(), "text": data["text"].strip()})
    return JsonResponse(stored[-1], status=201)


@require_http_methods(["GET", "POST"])
def listed(request):
    """GET: what is stored; Django itself refuses other methods."""
    return JsonResponse({"messages": stored})
