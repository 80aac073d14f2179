import json

from django.core.exceptions import RequestDataTooBig
from django.forms.models import model_to_dict
from django.http import JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from chat.forms import CursorForm, MessageForm
from chat.models import Message


def error(reason, status=400, **headers):
    return JsonResponse({"error": reason}, status=status, headers=headers)


def as_json(message):
    fields = model_to_dict(message, ["id", "author", "text"])
    return fields | {"id": message.pk, "sent_at": message.sent_at}


@method_decorator(csrf_exempt, name="dispatch")
class MessagesView(View):
    http_method_names = ["get", "head", "post", "options"]

    def get(self, request):
        messages = Message.objects.after(0)
        if "after" in request.GET:
            form = CursorForm(request.GET)
            if not form.is_valid():
                return error("after: " + form.errors["after"][0])
            messages = Message.objects.after(form.cleaned_data["after"])
        return JsonResponse({"messages": [as_json(message) for message in messages[:100]]})

    def post(self, request):
        if request.content_type != "application/json":
            return error("application/json, please", 415)
        try:
            data = json.loads(request.body.decode("utf-8"))
        except RequestDataTooBig:
            return error("too large", 413)
        except (ValueError, RecursionError):
            return error("not JSON")
        if not isinstance(data, dict):
            return error("not an object")
        if any(not isinstance(data.get(name), str) for name in ("author", "text")):
            return error("author and text must be strings")
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return error("half of a character")
        form = MessageForm(data)
        if not form.is_valid():
            return error(form.errors.as_text())
        return JsonResponse(as_json(form.save()), status=201)

    def http_method_not_allowed(self, request, *args, **kwargs):
        return error("use GET or POST", 405, Allow="GET, HEAD, OPTIONS, POST")
