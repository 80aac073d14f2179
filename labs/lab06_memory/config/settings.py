"""The settings of the chat: the least that Django needs for it."""

import os
from pathlib import Path
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "only for this course; lab 08 shows how a real one is kept"
DEBUG = True

# Where the pages may be: on this computer, and where CHAT_ORIGINS says, for a page that is seen
# through a proxy, such as https://hub.example.org. With "*" among the hosts, every Origin would do.
ORIGINS = os.environ.get("CHAT_ORIGINS", "").split()
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *(urlsplit(one).hostname for one in ORIGINS)]
CSRF_TRUSTED_ORIGINS = ORIGINS

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "chat",
]
ASGI_APPLICATION = "config.asgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"

# Relative, as all addresses here, so that they also hold behind a proxy that adds a prefix.
LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "../", "../login/"
SESSION_COOKIE_AGE = int(os.environ.get("CHAT_SESSION_SECONDS", 14 * 24 * 60 * 60))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# What passes a group's messages on. This one lives in the memory of one process; lab 07 changes it.
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# The file may be shared by several processes: readers go on while one of them writes, and who wants
# to write waits for its turn, at most so many seconds.
OPTIONS = {"init_command": "PRAGMA journal_mode=WAL", "timeout": 20}
# TODO task 6.2: let each transaction take its turn to write when it begins, not when it first
#   writes: then the "transaction_mode" among the OPTIONS is "IMMEDIATE"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("CHAT_DATABASE") or BASE_DIR / "db.sqlite3",
        "OPTIONS": OPTIONS,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024  # bytes; a longer body is never read into memory
USE_TZ = True
