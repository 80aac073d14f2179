"""Which consumer speaks for which path."""

from django.urls import path

from lives import consumers

sockets = [
    path("ws/lecture/", consumers.LectureConsumer.as_asgi()),
    path("ws/count/", consumers.CountConsumer.as_asgi()),
    path("ws/shared/", consumers.CountConsumer()),  # a mistake, for the notebook: an instance
    path("ws/thread/", consumers.ThreadConsumer.as_asgi()),
    path("ws/task/", consumers.TaskConsumer.as_asgi()),
    path("ws/json/", consumers.JsonConsumer.as_asgi()),
    path("ws/turns/", consumers.TurnsConsumer.as_asgi()),
    path("ws/code/", consumers.CodeConsumer.as_asgi()),
    path("ws/ends/", consumers.EndsConsumer.as_asgi()),
    path("ws/refuses/", consumers.RefusesConsumer.as_asgi()),
    path("ws/fails/", consumers.FailsConsumer.as_asgi()),
]
