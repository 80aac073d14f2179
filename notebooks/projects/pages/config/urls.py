"""The pages of notebook 01, and the JSON that its scripts ask for."""

from django.urls import path
from pages import views

urlpatterns = [
    path("hello/", views.hello),
    path("page/", views.page),
    path("news/", views.news),
    path("slow/", views.slow),
    path("endless/", views.endless),
    path("visits/", views.visits),
    path("login/", views.login),
    path("whoami/", views.whoami),
]
