"""The paths that the project answers."""

from django.urls import include, path

urlpatterns = [path("", include("chat.urls"))]
