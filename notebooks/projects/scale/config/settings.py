"""The settings of a project in several processes; the environment says what they share."""

import os

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["chat.example", "127.0.0.1", "localhost"]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
INSTALLED_APPS = ["daphne", "scale"]
MIDDLEWARE = []
DATABASES = {}
TIME_ZONE = "UTC"

REDIS = os.environ.get("REDIS_URL", "").split()  # one address, or several, or none
STORE = os.environ.get("STORE")  # the path of the file in which all processes keep messages
HEARTBEAT = 0.25  # seconds; a real chat takes some more
LAYER = os.environ.get("LAYER", "channels.layers.InMemoryChannelLayer")
PATIENCE = float(os.environ.get("PATIENCE", 0)) or None  # seconds for an answer of Redis
HOSTS = [{"address": one, "socket_timeout": PATIENCE, "max_connections": 1000} for one in REDIS]
CHANNEL_LAYERS = {"default": {"BACKEND": LAYER, "CONFIG": {"hosts": HOSTS} if REDIS else {}}}
