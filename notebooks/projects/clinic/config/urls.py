"""The pages: log in, look who is in which group, and which process answers."""

from chat.views import enter, members, process
from django.urls import path

urlpatterns = [path("enter/", enter), path("members/", members), path("process/", process)]
