"""The paths of the chat."""

from django.urls import path

from chat import views

urlpatterns = [
    path("", views.index),
    path("rooms/<str:room>/", views.room),
]
