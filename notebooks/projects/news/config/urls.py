"""The feed, in three ways; the same wait for threads; and what goes wrong."""

from django.urls import path
from news import api, desk, feed, threads

urlpatterns = [
    path("feed/", feed.messages),
    path("feed/wait/", feed.wait),
    path("feed/stream/", feed.stream),
    path("feed/readers/", feed.readers),
    path("threads/", threads.publish),
    path("threads/wait/", threads.wait),
    path("threads/readers/", threads.readers),
    path("desk/", desk.serve),
    path("careless/", api.careless),
    path("listed/", api.listed),
]
