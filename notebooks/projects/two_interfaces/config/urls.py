"""The same work in pairs: as a plain view and, under `async/`, as an asynchronous one."""

from django.urls import path
from work import views

urlpatterns = [
    path("hello/", views.hello),
    path("async/hello/", views.hello_async),
    path("compute/", views.compute),
    path("async/compute/", views.compute_async),
    path("service/", views.ask_service),
    path("async/service/", views.ask_service_async),
    path("database/", views.ask_database),
    path("async/database/", views.ask_database_async),
    path("async/database/wrong/", views.ask_database_wrongly),
    path("hold/", views.hold),
    path("async/hold/", views.hold_async),
    path("held/", views.count_held),
]
