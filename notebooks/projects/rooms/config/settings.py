"""The settings of a project with rooms; which channel layer it uses, the environment says."""

import os

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
INSTALLED_APPS = ["daphne", "rooms"]
MIDDLEWARE = []
DATABASES = {}
TIME_ZONE = "UTC"

LAYER = os.environ.get("LAYER", "channels.layers.InMemoryChannelLayer")
REDIS = os.environ.get("REDIS_URL")
CHANNEL_LAYERS = {
    "default": {"BACKEND": LAYER, "CONFIG": {"hosts": [REDIS]} if REDIS else {}},
}
if not LAYER:
    CHANNEL_LAYERS = {}  # as in a project that forgot the setting

LOGGING = {  # what the Redis layer drops, it tells at the level INFO, which is usually not shown
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"channels_redis": {"handlers": ["console"], "level": "INFO"}},
}
