"""The settings of a project without a database: it is served by Daphne, or by runserver."""

SECRET_KEY = "only for this notebook"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
INSTALLED_APPS = ["news"]
MIDDLEWARE = []
DATABASES = {}
TIME_ZONE = "UTC"
