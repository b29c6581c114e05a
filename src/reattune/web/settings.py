"""Django settings: for one machine, on loopback; or, where the environment asks for it, hosted for many people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from reattune.content import OFFERED as _OFFERED
from reattune.content import manner as _manner
from reattune.content.translated_sentences import locale_folder as _locale_folder
from reattune.web.hosted.environment import hosting as _hosting
from reattune.web.hosted.environment import wanted as _wanted
from reattune.web.installation.data_folder import data_folder, installation_key
from reattune.web.installation.database_settings import VARIABLE as _DATABASE
from reattune.web.installation.database_settings import database

HERE = Path(__file__).resolve().parent
DATA = data_folder()

# ``None`` on a person's own machine.
HOSTING = _hosting(os.environ) if _wanted(os.environ) else None
SECRET_KEY = HOSTING.secret if HOSTING else installation_key(DATA)
DEBUG = False
ALLOWED_HOSTS = list(HOSTING.hosts) if HOSTING else ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = ["django.contrib.staticfiles", "reattune.web.store", "reattune.web.pages"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "reattune.web.http.middleware.private_headers",
    "reattune.web.http.middleware.own_pages_only",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reattune.web.http.language.spoken_language",
    "reattune.web.http.bodies.small_and_whole",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "reattune.web.pages.shared.left_or_locked.closed_where_left",
    "reattune.web.http.taken_once.TakenOnce",
    "reattune.web.http.middleware.StoreFails",
    "reattune.web.http.middleware.little_is_read",
    "reattune.web.pages.shared.handed_over.only_what_was_handed",
]
if HOSTING:
    _around = ("health", "log_lines", "behind_proxies", "own_cookies")
    MIDDLEWARE[:0] = [f"reattune.web.hosted.middleware.{name}" for name in _around]
    # After the language, in which it says what it has to say.
    _large = MIDDLEWARE.index("reattune.web.http.bodies.small_and_whole")
    MIDDLEWARE.insert(_large, "reattune.web.http.large_transfers.few_large_at_once")
    _forms = MIDDLEWARE.index("reattune.web.http.taken_once.TakenOnce")
    MIDDLEWARE.insert(_forms, "reattune.web.http.few_of_one_journal.FewOfOneJournal")
    # The proxy ends TLS; everything else is sent on to it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = True
ROOT_URLCONF = "reattune.web.urls"
WSGI_APPLICATION = "reattune.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "pages"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "reattune.web.http.language.language",
                "reattune.web.hosted.context_processors.hosting",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "reattune.web.pages.shared.template_tags",
                "reattune.web.pages.shared.said_lately",
                "reattune.web.pages.shared.where_words_go",
            ],
        },
    }
]

DATABASES = {"default": database(DATA, os.environ.get(_DATABASE, ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [(code, _manner(code)["name"]) for code in _OFFERED]
LANGUAGE_COOKIE_NAME = "reattune_language"
LOCALE_PATHS = [_locale_folder()]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
# Files are served from the package itself: nothing to collect before the first start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
# They are for our own pages: another site is not to learn from them that Reattune runs here.
WHITENOISE_ALLOW_ALL_ORIGINS = False

SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "reattune.web.pages.shared.error_pages.forgery_suspected"
X_FRAME_OPTIONS = "DENY"
# Not "no-referrer": with it browsers send forms with the origin "null", which the check against forgery refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 24 * 1024 * 1024
# A file that is brought in is somebody's words in clear: it stays in memory, and never becomes a temporary file.
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["reattune.web.http.memory_uploads.InMemory"]

# An unlocked journal locks itself after so many seconds without a page.
IDLE_SECONDS = (HOSTING.idle_minutes if HOSTING else 15) * 60
# The sentence model, where it is installed, is let go so many seconds after its last use; with 0 it is never loaded.
SENTENCE_SECONDS = (HOSTING.sentence_minutes if HOSTING else 15) * 60

# Requests are not logged at all, and errors without what was typed.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "no_details": {"()": "reattune.web.http.error_log.WithoutDetails"},
        "servers_own": {"()": "reattune.web.http.error_log.ServersOwn"},
    },
    "formatters": {"lines": {"()": "reattune.web.hosted.middleware.JsonLines"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["no_details"]},
        "told": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["servers_own"]},
    },
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
if HOSTING:
    LOGGING["handlers"]["stderr"]["formatter"] = "lines"
    LOGGING["root"] = {"handlers": ["stderr"], "level": "ERROR"}
    LOGGING["loggers"] |= {
        name: {"handlers": ["told"], "level": "INFO", "propagate": False}
        for name in ("reattune.requests", "gunicorn.error")
    }
