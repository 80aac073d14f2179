"""The settings of a project with people, and of two names under which it is served."""

from pathlib import Path

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["chat.example", "127.0.0.1"]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "people",
]
MIDDLEWARE = [
    "people.cookies.ChosenSameSite",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parents[1] / "db.sqlite3",
    }
}
TIME_ZONE = "UTC"
USE_TZ = True
