"""One page: what was recorded so far."""

from django.http import JsonResponse
from django.urls import path
from lives.recorder import records

urlpatterns = [path("records/", lambda request: JsonResponse({"records": records}))]
