"""The pages."""

from django.urls import path
from people import views

urlpatterns = [
    path("enter/<str:name>/", views.enter),
    path("leave/", views.leave),
    path("letters/", views.letters),
    path("burn/", views.burn),
]
