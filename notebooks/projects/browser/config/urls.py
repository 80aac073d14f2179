"""The page, and what it is made of."""

from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [
    path("", TemplateView.as_view(template_name="page/index.html")),
    *staticfiles_urlpatterns(),
]
