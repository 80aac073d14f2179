"""The settings of somebody who means harm: one page, and a place for the loot."""

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
INSTALLED_APPS = ["daphne"]
MIDDLEWARE = []
DATABASES = {}
TIME_ZONE = "UTC"
