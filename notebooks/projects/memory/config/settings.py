"""The settings of boards that remember; where the database is, the environment says."""

import os
from pathlib import Path

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
INSTALLED_APPS = ["boards"]
MIDDLEWARE = []
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("BOARDS_DATABASE", Path(__file__).parents[1] / "db.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # a transaction asks for the one pen when it begins
            "timeout": 20,  # seconds that it waits for the pen
            "init_command": "PRAGMA journal_mode=WAL",  # who reads does not wait for who writes
        },
    }
}
if os.environ.get("BOARDS_OPTIONS") == "none":  # as a new project has it
    del DATABASES["default"]["OPTIONS"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
