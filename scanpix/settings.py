"""Settings of the project, from the environment only (docs/configuration.md lists every variable).

Importing this module starts nothing and needs no database.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from scanpix.runtime import env, hosts
from scanpix.runtime.secret import secret_key
from scanpix.runtime.server_home import socket_folder
from scanpix.runtime.timezone import is_zone, machine_zone

BASE_DIR = Path(__file__).resolve().parent.parent

# Where things are kept

DATA = env.path("SCANPIX_DATA", BASE_DIR / "data")
MODELS = DATA / "models"
THUMBNAILS = DATA / "thumbnails"

# The machine

BIND = env.text("SCANPIX_BIND", "127.0.0.1")
PORT = env.integer("SCANPIX_PORT", 8000, least=1, most=65535)
DEVICE = env.text("SCANPIX_DEVICE", "auto")
THREADS = env.integer("SCANPIX_THREADS", 0, most=256)
DECODERS = env.integer("SCANPIX_DECODERS", min(4, os.cpu_count() or 1), least=1, most=64)
DECODE_SECONDS = env.integer("SCANPIX_DECODE_SECONDS", 60, least=1)
DECODE_MEMORY_MB = env.integer("SCANPIX_DECODE_MEMORY_MB", 3072, least=256)
MAX_PIXELS = env.integer("SCANPIX_MAX_PIXELS", 300_000_000, least=1_000_000)
SCAN_MINUTES = env.integer("SCANPIX_SCAN_MINUTES", 60, least=0)
UNLOAD_MINUTES = env.integer("SCANPIX_UNLOAD_MINUTES", 10, least=0)
WEB_THREADS = env.integer("SCANPIX_WEB_THREADS", 8, least=1, most=256)

# Django

SECRET_KEY = env.text("SCANPIX_SECRET_KEY") or secret_key(DATA)
DEBUG = env.boolean("SCANPIX_DEBUG", False)
ALLOWED_HOSTS = [*hosts.LOOPBACK, *(env.words("SCANPIX_HOSTS") or hosts.own_names(BIND))]
CSRF_TRUSTED_ORIGINS = env.words("SCANPIX_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "scanpix",
    "people",
    "media_index",
    "media_index.admin_app.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_htmx",
    "django_q",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "media_index.access.FirstRunMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "scanpix.urls"
WSGI_APPLICATION = "scanpix.wsgi.application"
AUTH_USER_MODEL = "people.Member"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "library"
LOGOUT_REDIRECT_URL = "login"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: the embedded server unless DATABASE_URL names another

DATABASE_URL = env.text("DATABASE_URL")
POSTGRES_OPTIONS = env.words("SCANPIX_POSTGRES_OPTIONS")
for _option in POSTGRES_OPTIONS:
    if "=" not in _option:
        raise env.ConfigurationError(f"SCANPIX_POSTGRES_OPTIONS: {_option!r} is not of the form name=value")
EMBEDDED_DATABASE = not DATABASE_URL
_connection = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

if EMBEDDED_DATABASE:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "scanpix",
            "USER": "scanpix",
            "HOST": str(socket_folder(DATA)),
            "PORT": "5432",
            **_connection,
        }
    }
else:
    try:
        DATABASES = {"default": {**dj_database_url.parse(DATABASE_URL), **_connection}}
    except (ValueError, KeyError) as error:
        raise env.ConfigurationError(f"DATABASE_URL is no address of a PostgreSQL server: {error}") from None
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise env.ConfigurationError(
            "DATABASE_URL must name a PostgreSQL server: postgres://user:password@host:5432/name"
        )

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA / "cache"},
}

# Queue: two clusters (docs/architecture.md); timeout < retry, or a slow task would run twice at once

Q_CLUSTER = {
    "name": "default",
    "orm": "default",
    "workers": 1,
    "poll": 0.5,
    "queue_limit": 2,
    "timeout": 600,
    "retry": 660,
    "max_attempts": 3,
    "ack_failures": True,
    "save_limit": -1,
    "recycle": 10_000,
    "catch_up": False,
    "label": "Queue",
    "guard_cycle": 1,
    "ALT_CLUSTERS": {"ml": {"timeout": 900, "retry": 960}},
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Language and time. Instants are kept in UTC and shown by the zone; wall times of photos have none (models.fields)

LANGUAGE_CODE = "en"
TIME_ZONE = env.text("SCANPIX_TIME_ZONE", machine_zone())
if not is_zone(TIME_ZONE):
    raise env.ConfigurationError(f"SCANPIX_TIME_ZONE={TIME_ZONE!r} is no time zone, like Europe/Lisbon")
USE_I18N = True
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# What a browser may do: everything from here, nothing from anywhere else

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # of no use without HTTPS, and browsers complain of it then
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
# Cookies know no ports: two installations on one machine would sign each other's members out
SESSION_COOKIE_NAME = f"scanpix_session_{PORT}"
CSRF_COOKIE_NAME = f"scanpix_csrf_{PORT}"
X_FRAME_OPTIONS = "DENY"

# Logs go to standard error

LOG_LEVEL = env.choice("SCANPIX_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        name: {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False}
        for name in ("scanpix", "media_index", "people")
    },
}
