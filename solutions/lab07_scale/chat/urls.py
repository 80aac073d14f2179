"""The paths of the chat."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from chat import views

urlpatterns = [
    path("", views.index),
    path("login/", views.LogIn.as_view()),
    path("logout/", LogoutView.as_view()),
    path("signup/", views.Register.as_view()),
]
