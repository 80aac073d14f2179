"""The settings of the clinic's chat; the environment may choose another channel layer."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
INSTALLED_APPS = [
    "daphne",
    "django.contrib.staticfiles",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "chat",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
STATIC_URL = "static/"
TIME_ZONE = "UTC"

LAYER = os.environ.get("LAYER", "channels.layers.InMemoryChannelLayer")
REDIS_URL = os.environ.get("REDIS_URL")
OPTIONS = {"hosts": [REDIS_URL]} if REDIS_URL else {}
CHANNEL_LAYERS = {"default": {"BACKEND": LAYER, "CONFIG": OPTIONS}}

LOGGING = {  # what the Redis layer drops, it tells at the level INFO, which is usually not shown
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"channels_redis": {"handlers": ["console"], "level": "INFO"}},
}

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "db.sqlite3",
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
