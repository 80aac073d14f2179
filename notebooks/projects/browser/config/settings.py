"""The settings of a project without a database: one page, and WebSockets."""

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["*"]  # the page may also be seen through JupyterLab's proxy, under its name
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
INSTALLED_APPS = ["daphne", "django.contrib.staticfiles", "page"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"
MIDDLEWARE = []
DATABASES = {}
TIME_ZONE = "UTC"
