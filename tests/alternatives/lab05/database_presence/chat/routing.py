from chat.consumers import Nowhere, Tab
from django.urls import path, re_path

sockets = [path("ws/chat/<str:room>/", Tab.as_asgi()), re_path("", Nowhere.as_asgi())]
