"""The one page: which process answers."""

from django.urls import path
from scale.views import process

urlpatterns = [path("process/", process)]
