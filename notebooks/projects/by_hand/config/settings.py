"""The least that a project needs to be served: it holds no view, only the two interfaces."""

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = []
DATABASES = {}
