"""The pages."""

from desk import views
from django.urls import path

urlpatterns = [
    path("where/", views.where),
    path("enter/<str:name>/", views.enter),
    path("leave/", views.leave),
]
