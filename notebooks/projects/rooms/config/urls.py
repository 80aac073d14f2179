"""The pages: who is in which group, and how often one publisher has heard itself."""

from django.urls import path
from rooms.views import groups, heard

urlpatterns = [path("groups/", groups), path("heard/", heard)]
