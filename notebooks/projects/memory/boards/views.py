"""Pages beside the WebSockets: what is on a board, and pinning by plain requests."""

from django.http import HttpRequest, JsonResponse

from boards import seams, store
from boards.models import Note


def notes(request: HttpRequest, board: str) -> JsonResponse:
    """Tell what is on a board, in the order of the numbers."""
    found = Note.objects.filter(board__name=board).order_by("number")
    return JsonResponse({"notes": list(found.values("number", "by", "key", "text", "at"))})


def pin(request: HttpRequest, board: str) -> JsonResponse:
    """POST: pin the body, in one transaction."""
    note = store.pin(board, "somebody", request.body.decode())
    return JsonResponse(store.frame(note), status=201)


def hurried(request: HttpRequest, board: str) -> JsonResponse:
    """POST: the same steps, without a transaction around them."""
    note = store.add(board, "somebody", request.body.decode())
    return JsonResponse(store.frame(note), status=201)


def seam(request: HttpRequest, board: str) -> JsonResponse:
    """Tell how many clients stand at a board's seam, and what has happened there."""
    return JsonResponse({"waiting": seams.waiting(board), "trace": seams.traces[board]})
