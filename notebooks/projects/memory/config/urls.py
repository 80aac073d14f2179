"""The pages: what is on a board, a note to pin there, and who stands at a seam."""

from boards import views
from django.urls import path

urlpatterns = [
    path("board/<str:board>/", views.notes),
    path("pin/<str:board>/", views.pin),
    path("hurried/<str:board>/", views.hurried),
    path("seam/<str:board>/", views.seam),
]
