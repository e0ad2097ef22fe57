"""Settings of the project, from the environment only (docs/configuration.md lists every variable).

Importing this module starts nothing and needs no database.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from scanpix.runtime import env, hosts, logs
from scanpix.runtime.map_tiles import map_tiles
from scanpix.runtime.portal_url import portal_url, trusted_origin
from scanpix.runtime.proxies import TrustedProxies
from scanpix.runtime.quiet import quiet_hours
from scanpix.runtime.secret import secret_key
from scanpix.runtime.server_home import socket_folder
from scanpix.runtime.timezone import is_zone, machine_zone

BASE_DIR = Path(__file__).resolve().parent.parent

# Where things are kept

DATA = env.path("SCANPIX_DATA", BASE_DIR / "data")
MODELS = DATA / "models"
THUMBNAILS = DATA / "thumbnails"
# What an image of a container brings ready-made: the folders `static` and `models`
PREPARED = env.optional_path("SCANPIX_PREPARED")

# The machine

BIND = env.text("SCANPIX_BIND", "127.0.0.1")
PORT = env.integer("SCANPIX_PORT", 8000, least=1, most=65535)
DEVICE = env.text("SCANPIX_DEVICE", "auto")
THREADS = env.integer("SCANPIX_THREADS", 0, most=256)
DECODERS = env.integer("SCANPIX_DECODERS", min(4, os.cpu_count() or 1), least=1, most=64)
DECODE_SECONDS = env.integer("SCANPIX_DECODE_SECONDS", 60, least=1)
DECODE_MEMORY_MB = env.integer("SCANPIX_DECODE_MEMORY_MB", 2048, least=256)
MAX_PIXELS = env.integer("SCANPIX_MAX_PIXELS", 300_000_000, least=1_000_000)
SCAN_MINUTES = env.integer("SCANPIX_SCAN_MINUTES", 60, least=0)
SETTLE_SECONDS = env.integer("SCANPIX_SETTLE_SECONDS", 4, most=3600)
WATCH = env.boolean("SCANPIX_WATCH", True)
GONE_DAYS = env.integer("SCANPIX_GONE_DAYS", 30, most=36_500)
UNLOAD_MINUTES = env.integer("SCANPIX_UNLOAD_MINUTES", 10, least=0)
MIN_FREE_MB = env.integer("SCANPIX_MIN_FREE_MB", 512, least=0)
QUIET_HOURS = quiet_hours("SCANPIX_QUIET_HOURS", env.words("SCANPIX_QUIET_HOURS"))
FACE_ENGINES = env.words("SCANPIX_FACE_ENGINES", ("dlib",), options=("dlib", "face_recognition"))
NICE = env.integer("SCANPIX_NICE", 10, least=0, most=19)
WEB_THREADS = env.integer("SCANPIX_WEB_THREADS", 16, least=1, most=256)
BACKUPS_KEPT = env.integer("SCANPIX_BACKUPS_KEPT", 7, least=0, most=1000)

# Django

SECRET_KEY = env.text("SCANPIX_SECRET_KEY") or secret_key(DATA)
DEBUG = env.boolean("SCANPIX_DEBUG", False)

# Addresses: what browsers may call this machine, and whose word about them is taken

PORTAL_URL = portal_url("SCANPIX_URL", env.text("SCANPIX_URL"))
HOSTS = [hosts.allowed_host("SCANPIX_HOSTS", word) for word in env.words("SCANPIX_HOSTS")]
ALLOWED_HOSTS = [
    *hosts.LOOPBACK,
    *([PORTAL_URL.allowed_host] if PORTAL_URL else []),
    *(HOSTS or hosts.own_names(BIND)),
]
CSRF_TRUSTED_ORIGINS = [
    *([PORTAL_URL.origin] if PORTAL_URL else []),
    *(trusted_origin("SCANPIX_TRUSTED_ORIGINS", word) for word in env.words("SCANPIX_TRUSTED_ORIGINS")),
]
TRUSTED_PROXIES = TrustedProxies.parse("SCANPIX_TRUSTED_PROXIES", env.words("SCANPIX_TRUSTED_PROXIES"))
ENCRYPTED = PORTAL_URL is not None and PORTAL_URL.encrypted
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENCRYPTED
HSTS_DAYS = env.integer("SCANPIX_HSTS_DAYS", 0, most=730)
if HSTS_DAYS and not ENCRYPTED:
    raise env.ConfigurationError("SCANPIX_HSTS_DAYS is of use only with a SCANPIX_URL that begins with https://")
SECURE_HSTS_SECONDS = HSTS_DAYS * 24 * 60 * 60
CSRF_FAILURE_VIEW = "scanpix.refusals.csrf_failure"

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
    "scanpix.runtime.request_ids.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "media_index.access.FirstRunMiddleware",
    "people.accounts.token_access.AccessTokenMiddleware",
    "people.accounts.speaking.LanguageAndTimeMiddleware",
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
# A server that hangs takes connections and never speaks: without this, whoever asks it hangs as well
_patience = {"connect_timeout": 10}

if EMBEDDED_DATABASE:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "scanpix",
            "USER": "scanpix",
            "HOST": str(socket_folder(DATA)),
            "PORT": "5432",
            **_connection,
            "OPTIONS": _patience,
        }
    }
else:
    try:
        _named = dj_database_url.parse(DATABASE_URL)
        _options = {**_patience, **_named.get("OPTIONS", {})}
        DATABASES = {"default": {**_named, **_connection, "OPTIONS": _options}}
    except (ValueError, KeyError) as error:
        raise env.ConfigurationError(f"DATABASE_URL is no address of a PostgreSQL server: {error}") from None
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise env.ConfigurationError(
            "DATABASE_URL must name a PostgreSQL server: postgres://user:password@host:5432/name"
        )

CACHES = {
    "default": {"BACKEND": "scanpix.runtime.cache.ForgivingFileCache", "LOCATION": DATA / "cache"},
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
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "scanpix.formats"
TIME_ZONE = env.text("SCANPIX_TIME_ZONE", machine_zone())
if not is_zone(TIME_ZONE):
    raise env.ConfigurationError(f"SCANPIX_TIME_ZONE={TIME_ZONE!r} is no time zone, like Europe/Lisbon")
USE_I18N = True
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = (PREPARED or DATA) / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "scanpix.libraries.LibraryFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The map: drawn here, unless its pictures are asked of another machine

MAP_TILES = map_tiles("SCANPIX_MAP_TILES", env.text("SCANPIX_MAP_TILES"), env.text("SCANPIX_MAP_ATTRIBUTION"))

# What a browser may do: everything from here, nothing from anywhere else but the pictures of a map

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([MAP_TILES.origin] if MAP_TILES else [])],
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
# Of no use without HTTPS, and browsers complain of it then
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if ENCRYPTED else None
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
# Cookies know no ports: two installations on one machine would sign each other's members out
SESSION_COOKIE_NAME = f"scanpix_session_{PORT}"
CSRF_COOKIE_NAME = f"scanpix_csrf_{PORT}"
X_FRAME_OPTIONS = "DENY"

# Logs go to standard error and to files that rotate

LOG_LEVEL = env.choice("SCANPIX_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("SCANPIX_LOG_FORMAT", "line", ("line", "json"))
LOGGING = logs.configuration(DATA / "logs", level=LOG_LEVEL, layout=LOG_FORMAT)
