"""The paths of the chat."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from chat import assets, health, views

urlpatterns = [
    path("", views.index),
    path("login/", views.LogIn.as_view()),
    path("logout/", LogoutView.as_view()),
    path("signup/", views.Register.as_view()),
    path("static/<path:path>", assets.asset),
    path("live/", health.live),
    path("ready/", health.ready),
    path("metrics", health.metrics),
]
