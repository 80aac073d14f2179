import functools
import json

from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

COLUMNS = ("id", "author", "text", "sent_at")


class Refusal(Exception):
    pass


def api(view):
    @functools.wraps(view)
    def answer(request):
        try:
            return view(request)
        except Refusal as refusal:
            return JsonResponse({"error": str(refusal)}, status=400)

    return csrf_exempt(answer)


def index(request):
    return render(request, "chat/index.html")


@api
def messages(request):
    views = {"GET": read, "POST": write}
    if request.method not in views:
        allow = {"Allow": ", ".join(views)}
        return JsonResponse({"error": "not here"}, status=405, headers=allow)
    return views[request.method](request)


def read(request):
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdecimal()) or len(after) > 18:
        raise Refusal("after must be a number")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, author, text, sent_at FROM chat_message"
            " WHERE id > %s ORDER BY id LIMIT 100",
            [int(after)],
        )
        rows = cursor.fetchall()
    return JsonResponse({"messages": [dict(zip(COLUMNS, row, strict=True)) for row in rows]})


def write(request):
    author, text = checked(decoded(request))
    now = timezone.now().isoformat()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chat_message (author, text, sent_at) VALUES (%s, %s, %s) RETURNING id",
            [author, text, now],
        )
        (number,) = cursor.fetchone()
    return JsonResponse(dict(zip(COLUMNS, (number, author, text, now), strict=True)), status=201)


def decoded(request):
    if not request.headers.get("Content-Type", "").lower().startswith("application/json"):
        raise Refusal("application/json only")
    try:
        return json.loads(request.body)
    except RequestDataTooBig:
        raise Refusal("too large") from None
    except (ValueError, RecursionError) as error:
        raise Refusal(f"not JSON: {error}") from None


def fits(words, longest):
    return words.strip() and len(words) <= longest


def writable(words):
    return words.encode(errors="replace") == words.encode(errors="ignore")


def checked(data):
    match data:
        case {"author": str(author), "text": str(text)} if writable(author + text):
            if fits(author, 40) and fits(text, 1000):
                return author, text
    raise Refusal("an author (1 to 40 characters) and a text (1 to 1000), please")
