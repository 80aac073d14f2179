"""The settings of a project with people: sessions, log-in, pages and WebSockets."""

import os
from pathlib import Path

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPS = "daphne django.contrib.staticfiles"  # notebook 06 serves it with other lists, too
INSTALLED_APPS = os.environ.get("APPS", APPS).split() + [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "desk",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
STATIC_URL = "static/"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parents[1] / "db.sqlite3",
    }
}
TIME_ZONE = "UTC"
