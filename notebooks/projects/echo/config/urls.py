"""The pages: the feed, to be polled and to be written to."""

from django.urls import path
from echo.feed import messages

urlpatterns = [path("feed/", messages)]
