from django.urls import path
from django.views.generic import TemplateView

from chat.api import MessagesView

urlpatterns = [
    path("", TemplateView.as_view(template_name="chat/index.html"), name="page"),
    path("api/messages/", MessagesView.as_view(), name="messages"),
]
