"""The paths of the chat."""

from chat import assets, views
from django.contrib.auth.views import LogoutView
from django.urls import path

urlpatterns = [
    path("", views.index),
    path("login/", views.LogIn.as_view()),
    path("logout/", LogoutView.as_view()),
    path("signup/", views.Register.as_view()),
    path("static/<path:path>", assets.asset),
]
