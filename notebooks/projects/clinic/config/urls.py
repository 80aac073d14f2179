"""The pages: log in, ask where the socket is, who is in which group, which process answers."""

from chat.views import enter, members, process, socket
from django.urls import path

urlpatterns = [
    path("enter/", enter),
    path("socket/", socket),
    path("members/", members),
    path("process/", process),
]
