"""One settings file; everything that differs between places comes from the environment and explains itself when missing."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("MOTCUA_VAR", BASE_DIR / "var"))
TESTING = "pytest" in sys.modules
DEMONSTRATION = os.environ.get("MOTCUA_DEMO") == "1"
DEBUG = False
PROVINCE_NAME = "Tuyên Quang"


def database(url: str) -> dict[str, object]:
    """Read a libpq address; `host=` in its query names the socket folder of the embedded server."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # No page may hold a connection for ever; commands at a terminal may take their time (MOTCUA_STATEMENT_TIMEOUT=0).
        "OPTIONS": {
            **query,
            "options": f"-c statement_timeout={os.environ.get('MOTCUA_STATEMENT_TIMEOUT', '15000')} -c timezone=UTC",
        },
        "TEST": {"NAME": os.environ.get("MOTCUA_TEST_DB", "test_motcua")},
    }


def required(name: str, why: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(f"Thiếu biến môi trường {name}: {why} Chạy ./run để dùng bản cài sẵn.") from None


DATABASES = {"default": database(required("DATABASE_URL", "địa chỉ PostgreSQL của vai trò motcua_app."))}
SECRET_KEY = required("MOTCUA_SECRET_KEY", "khóa bí mật dài ít nhất 50 ký tự.")
ALLOWED_HOSTS = os.environ.get("MOTCUA_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "motcua.ui",
    "motcua.worktime",
    "motcua.files",
    "motcua.messaging",
    "motcua.journal",
    "motcua.organisations",
    "motcua.accounts",
    "motcua.catalogue",
    "motcua.dossiers",
    "motcua.counter",
    "motcua.portal",
    "motcua.api",
    "motcua.operation",
    "motcua.demo",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "oauth2_provider",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "motcua.operation.requests.Followed",
    "django.middleware.security.SecurityMiddleware",
    "motcua.ui.headers.device_and_embedding",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "motcua.ui.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "motcua.accounts.keeping.personal_pages_are_not_kept",
    "motcua.accounts.sessions.somebody_is_there",
    "motcua.accounts.sign_in.WhoIsAsking",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "motcua.accounts.slowing.Slowing",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "motcua.config.urls"
WSGI_APPLICATION = "motcua.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "motcua.ui.context.house",
            ],
        },
    }
]

# Who is signed in: a signed cookie, and one row read a request (accounts/sign_in.py).
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["motcua.accounts.sign_in.PersonBackend"]
SESSION_ENGINE = "motcua.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
# Seconds without a request after which a session ends, and what was typed is handed back (accounts/sessions.py, handing_back.py).
SESSION_RESTS_FOR = {"officer": 3600, "citizen": 4 * 3600}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = os.environ.get("MOTCUA_HTTPS") == "1"
if SESSION_COOKIE_SECURE:
    # Browsers take cookies of such names from this very host only, and only by HTTPS.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-token", "__Host-language"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "motcua.portal.views.errors.stale_page"
LOGIN_URL = "/dang-nhap/"
LOGIN_REDIRECT_URL = "/"
JOIN_URL = "/tai-khoan/gop/"
COUNTER_URL = "/motcua/"
FOLLOW_URL = "/tra-cuu/"
CATALOGUE_URL = "/motcua/danh-muc/"
OPERATION_URL = "/van-hanh/"
# Second factors and the counting of attempts are allauth's (accounts/second_factor.py, attempts.py); its pages are not mounted.
MFA_ADAPTER = "motcua.accounts.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# How many proxies of our own stand before us: the address of the person is the one the outermost of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("MOTCUA_PROXIES", "0"))
# Other systems have keys of OAuth 2 (api/): client credentials only, kept hashed, never in an address (RFC 9700).
OAUTH2_PROVIDER_APPLICATION_MODEL = "api.Client"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "SCOPES_BACKEND_CLASS": "motcua.api.scopes.Scopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher" if TESTING else "django.contrib.auth.hashers.ScryptPasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "motcua.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "motcua.accounts.passwords.NotOfThisPlace"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "phone", "id_number", "email")},
    },
]
# Limits of sign-in attempts are counted here, shared by all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Nobody makes us forget by being wrong in many other places.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# The worker: what succeeded leaves no row; what failed stays to be looked at.
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful", "shutdown_graceful_timeout": 10}
PROCRASTINATE_IMPORT_PATHS = ["motcua.config.jobs"]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "motcua" / "portal" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
# What browsers ask for at an address of their own choice (favicon.ico) is answered before any cookie is thought of.
WHITENOISE_ROOT = BASE_DIR / "motcua" / "ui" / "root"
WHITENOISE_MAX_AGE = 30 * 24 * 3600
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder", "motcua.ui.bundle.Bundles"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Limits of one upload, told to people before they choose a file.
FILE_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
CLAMD = os.environ.get("MOTCUA_CLAMD", "")


def mail(url: str) -> dict[str, Any]:
    """Read where letters go: smtp://name:password@host:587?from=…, smtps:// for TLS from the first byte, console: for a look."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    backends = {"smtp": "smtp", "smtps": "smtp", "console": "console"} if url else {"": "dummy"}
    if parts.scheme not in backends or (parts.scheme.startswith("smtp") and not parts.hostname):
        raise ImproperlyConfigured(
            "MOTCUA_MAIL_URL chưa đúng: hãy ghi như smtp://tên:mật-khẩu@máy-chủ:587?from=motcua@tinh.gov.vn, "
            "smtps://… nếu máy chủ dùng cổng 465, console: để chỉ in ra, hoặc bỏ trống để không gửi thư."
        )
    host = parts.hostname or ""
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{backends[parts.scheme]}.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        # A server on this machine, or one told so, takes letters without TLS; any other must offer it.
        "EMAIL_USE_TLS": parts.scheme == "smtp"
        and query.get("tls", "0" if host in ("127.0.0.1", "localhost") else "1") == "1",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": query.get("from", f"motcua@{host or 'localhost'}"),
    }


# Letters to officers are sent only where it is told how; without it everything is in the inbox all the same.
MAIL = os.environ.get("MOTCUA_MAIL_URL", "")
globals().update(mail(MAIL))
# Messages to telephones: https://:token@gateway/path, or console: (messaging/routes.py).
SMS = os.environ.get("MOTCUA_SMS_URL", "")
# Other systems are told at https addresses of the public network; for trying out also at this machine (api/webhooks_posting.py).
WEBHOOKS_LOCAL = os.environ.get("MOTCUA_WEBHOOKS_LOCAL") == "1"
# Electronic identities of the state, by OpenID Connect (accounts/e_identity.py).
OIDC = {
    "issuer": os.environ.get("MOTCUA_OIDC_ISSUER", ""),
    "client": os.environ.get("MOTCUA_OIDC_CLIENT_ID", ""),
    "secret": os.environ.get("MOTCUA_OIDC_SECRET", ""),
    "name": os.environ.get("MOTCUA_OIDC_NAME", "VNeID"),
    "level_2": os.environ.get("MOTCUA_OIDC_LEVEL_2", ""),
}
# How a letter names this house.
_HOST = ALLOWED_HOSTS[0]
_PORT = f":{os.environ.get('MOTCUA_PORT', '8000')}" if _HOST in ("127.0.0.1", "localhost") else ""
ADDRESS = f"{'https' if SESSION_COOKIE_SECURE else 'http'}://{_HOST}{_PORT}"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Whoever came by HTTPS once comes by it for a year, also where an old poster or link says http.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SESSION_COOKIE_SECURE else 0

# Figures for Prometheus are read with this token, or from this machine itself where none is set (operation/views.py).
FIGURES_TOKEN = os.environ.get("MOTCUA_METRICS_TOKEN", "")
# Lines for a person, or JSON for a collector, then with a line for each request (operation/logs.py).
JSON_LINES = os.environ.get("MOTCUA_LOG") == "json"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "motcua.operation.logs.Line", "mask": "ext://motcua.config.masking.masked"},
    },
    # Whatever is logged passes here first (config/masking.py), the web server's own words too.
    "filters": {"masking": {"()": "motcua.config.masking.Masking"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if JSON_LINES else "line",
            # A line of JSON masks its own words, and tells of a fault its places only.
            "filters": [] if JSON_LINES else ["masking"],
        }
    },
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        "motcua.requests": {"level": "INFO" if JSON_LINES else "WARNING"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
