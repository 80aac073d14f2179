"""The settings of a project without a database: a page that tells what was recorded, WebSockets."""

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
INSTALLED_APPS = ["daphne", "lives"]
MIDDLEWARE = []
DATABASES = {}
TIME_ZONE = "UTC"
