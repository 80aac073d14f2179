"""The settings of the chat; what differs from place to place, the environment says."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
NO_KEY = "Set CHAT_SECRET_KEY to 50 random characters or more; on your own computer, CHAT_DEBUG=1."


class Laptop:
    """One's own computer."""

    DEBUG = True
    SECRET_KEY = os.environ.get("CHAT_SECRET_KEY") or "for this computer"


class Strangers:
    """Production: every attribute is a setting."""

    DEBUG = False
    SECRET_KEY = os.environ.get("CHAT_SECRET_KEY", "")
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 63072000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True


CHOSEN = Laptop if os.environ.get("CHAT_DEBUG", "0").strip() == "1" else Strangers
globals().update({name: value for name, value in vars(CHOSEN).items() if name.isupper()})
if not CHOSEN.DEBUG and len(CHOSEN.SECRET_KEY) < 50:
    raise ImproperlyConfigured("There is no CHAT_SECRET_KEY of 50 characters or more.")
SESSION_COOKIE_SECURE = not CHOSEN.DEBUG
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"json": {"class": "config.lines.JsonHandler"}},
    "root": {"handlers": ["json"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}

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
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"

CSRF_COOKIE_HTTPONLY = True  # the forms hold the token; no script needs the cookie

# A proxy that ends TLS says so in this header. Believe it only where there is a proxy that sets it
# itself: anybody else may say so, too.
BEHIND_PROXY = os.environ.get("CHAT_BEHIND_PROXY") == "1"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

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
if REDIS:
    LAYER = "channels_redis.pubsub.RedisPubSubChannelLayer"
    CHANNEL_LAYERS = {"default": {"BACKEND": LAYER, "CONFIG": {"hosts": [REDIS]}}}

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

# How the process ends when it is asked to: how long it only says that it is not ready, and how long
# it waits for clients that are slow to read what is due to them.
DRAIN = float(os.environ.get("CHAT_DRAIN_SECONDS", 0))
GRACE = GRACE_SECONDS = float(os.environ.get("CHAT_GRACE_SECONDS", 10))
