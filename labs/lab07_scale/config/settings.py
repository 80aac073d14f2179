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

# The address of Redis, such as redis://127.0.0.1:6379 or unix:///tmp/redis.sock. Without one, the
# chat is one process, and what it must share stays in that process's memory.
REDIS = os.environ.get("CHAT_REDIS")
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
# TODO task 7.1: if there is a REDIS, let the groups of all processes meet there, in the layer
#   "channels_redis.pubsub.RedisPubSubChannelLayer"; its CONFIG lists the "hosts"

HEARTBEAT = float(os.environ.get("CHAT_HEARTBEAT_SECONDS", 10))  # how often a connection is woken
BURST = int(os.environ.get("CHAT_BURST", 20))  # frames that a person may send at once
RATE = float(os.environ.get("CHAT_RATE", 10))  # and then in a second

# The file may be shared by several processes: readers go on while one of them writes, and who wants
# to write waits for its turn, at most so many seconds.
OPTIONS = {"init_command": "PRAGMA journal_mode=WAL", "timeout": 20}
OPTIONS["transaction_mode"] = "IMMEDIATE"
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
