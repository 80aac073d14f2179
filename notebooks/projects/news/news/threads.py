"""Long polling for a server with a thread for each request: the thread itself must wait."""

import threading

from django.http import JsonResponse

PATIENCE = 20  # seconds that a long poll is held without news
history = []  # every message so far; a message's id is its place, from 1
news = threading.Condition()  # notified when a message is published; guards what stands here
waiting = 0  # readers that are held at this moment


def publish(request):
    """POST: publish the body as a message."""
    with news:
        message = {"id": len(history) + 1, "text": request.body.decode()}
        history.append(message)
        news.notify_all()
    return JsonResponse(message, status=201)


def wait(request):
    """GET `?after=ID`: the messages after that one, but not before there is one."""
    global waiting
    after = int(request.GET.get("after", 0))
    with news:
        waiting += 1
        news.wait_for(lambda: len(history) > after, PATIENCE)
        waiting -= 1
    return JsonResponse({"messages": history[after:]})


def readers(request):
    """Tell how many readers are held, and how many threads this server has."""
    threads = threading.active_count()
    return JsonResponse({"waiting": waiting, "threads": threads, "last": len(history)})
