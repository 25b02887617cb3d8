"""One set of settings, and it is production's; the environment drives it.

`PORTAL_MODE=demo` (the default of a bare checkout) allows the embedded servers, plain http on loopback and a generated
secret kept in `STATE_DIR`. `PORTAL_MODE=production` refuses to start without the variables named in `REQUIRED`.
"""

import json
import logging
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.embedded import endpoints
from config.logs import logging_config
from config.secrets import demo_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PORTAL_VERSION = "0.1.0"
PORTAL_MODE = env.str("PORTAL_MODE", default="demo")
if PORTAL_MODE not in {"demo", "production"}:
    raise ImproperlyConfigured(f"PORTAL_MODE is “{PORTAL_MODE}”; it must be “demo” or “production”.")
DEMO = PORTAL_MODE == "demo"

# Where the demo keeps its database, photos and secrets. Production names its places one by one.
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR / "var"))).expanduser().resolve()

REQUIRED = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "FIELD_ENCRYPTION_KEYS", "FIELD_LOOKUP_KEY")
missing = [name for name in REQUIRED if not env.str(name, default="")]
if missing and not DEMO:
    raise ImproperlyConfigured(
        f"PORTAL_MODE=production needs {', '.join(missing)}. See .env.example, which explains each."
    )

SECRET_KEY = env.str("SECRET_KEY", default="") or demo_secret(STATE_DIR, "secret-key")
# Fernet keys, newest first; and the key of the look-up hash. Losing them loses every phone number.
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[]) or [demo_secret(STATE_DIR, "field-key")]
FIELD_LOOKUP_KEY = env.str("FIELD_LOOKUP_KEY", default="") or demo_secret(STATE_DIR, "lookup-key")

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address that messages and QR cards carry.
PORTAL_URL = env.str("PORTAL_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")

INSTALLED_APPS = [
    "issues",
    "issues.deliberation",
    "residents",
    "governance",
    # Unfold without its own site: the console is `governance.admin.console`, and Django's admin finds the registers.
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_structlog",
    "csp",
    "lucide",
    "pgtrigger",
    "rules.apps.AutodiscoverRulesConfig",
    "tree_queries",
]

MIDDLEWARE = [
    "config.probes.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # What reaches a page, not what is asked by a watcher or lies in a file.
    "config.metrics.Measure",
    "config.requests.RequestLog",
    "csp.middleware.CSPMiddleware",
    "governance.middleware.RefuseControlCharacters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.middleware.ChosenLanguage",
    "governance.middleware.KeptByNobody",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "governance.middleware.Moment",
    "governance.middleware.Refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.context_processors.portal",
            ],
        },
    }
]

if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    # django-environ leaves a socket directory (`?host=/run/postgresql`) among the options.
    if "host" in DATABASES["default"].get("OPTIONS", {}):
        DATABASES["default"]["HOST"] = DATABASES["default"]["OPTIONS"].pop("host")
else:
    DATABASES = {"default": endpoints.database_settings(STATE_DIR)}
DATABASES["default"].setdefault("OPTIONS", {})
# A database that is frozen with its port open costs whoever asks it this long, not for ever.
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
# Before each trigger's own work pgtrigger asks whether it is to be ignored, and where that was never said, an error is
# raised and caught: that took more time than the work. Nobody says it here but with `pgtrigger.ignore()`.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c pgtrigger.ignore={}")
if env.str("DATABASE_POOL", default=""):
    DATABASES["default"]["OPTIONS"]["pool"] = json.loads(env.str("DATABASE_POOL"))
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    # A connection that a restarted PostgreSQL has dropped is replaced before the request uses it.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Where there is no pg_dump of the system's: those that come with the embedded server.
POSTGRES_BINARIES = "config.embedded.wheels.postgres_binaries"

REDIS_URL = env.str("REDIS_URL", default="") or endpoints.redis_url(STATE_DIR)

# Sessions and rate-limit counters live in PostgreSQL: nobody is locked out because Redis froze.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "counters"}}

CELERY_APP = "config.celery.app"
CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("unix://"):
    socket_path, _separator, _query = REDIS_URL.removeprefix("unix://").partition("?")
    CELERY_BROKER_URL = f"redis+socket://{socket_path}"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "max_retries": 0,
}
CELERY_TIMEZONE = "Asia/Shanghai"

AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "governance.sign_in.PasswordBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# django-allauth carries the session from sign-in to sign-out; codes, passwords and their limits are our own
# (docs/decisions/0004-sign-in.md). No sign-up form, no e-mail addresses to confirm.
ACCOUNT_ADAPTER = "governance.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
# By person: a whole estate sits behind one address.
ACCOUNT_RATE_LIMITS = {"change_password": "10/5m/user"}
ACCOUNT_FORMS = {
    "change_password": "governance.forms.sign_in.ChangePasswordForm",
    "set_password": "governance.forms.sign_in.SetPasswordForm",
}
# Addresses are read from X-Forwarded-For only as far as our own proxies wrote it.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0 if DEMO else 1)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str((STATE_DIR if DEMO else BASE_DIR) / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str((STATE_DIR if DEMO else BASE_DIR) / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
# Six photos of 10 MB and the words; a longer body is refused before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 12

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# The QR on a building's card and a link in a message must find the session already there: Lax, not Strict.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEMO
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEMO)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if DEMO else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
if env.bool("BEHIND_TLS_PROXY", default=not DEMO):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# One adapter each; a real one is named by its dotted path. The console one prints, and delivers at once.
# The font of notices and minutes on paper, as the machine knows it: one that has Chinese (docs/decisions/0016).
PAPER_FONT = env.str("PAPER_FONT", default="Noto Sans CJK SC")
SMS_ADAPTER = env.str("SMS_ADAPTER", default="governance.adapters.console.ConsoleSms")
VOICE_ADAPTER = env.str("VOICE_ADAPTER", default="governance.adapters.console.ConsoleVoice")
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="有应 <noreply@localhost>")

# What the processes print (docs/operate.md): no names, no words of anybody, no addresses as typed.
LOGGING_CONFIG = "config.logs.set_up" if DEMO else "config.logs.set_up_for_production"
LOGGING = logging_config(readable=DEMO, level=env.str("LOG_LEVEL", default="INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO

# Opens /metrics to whoever carries it. Without one nobody reads them, in the demo whoever is on the same machine.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured(
        "METRICS_TOKEN is shorter than 20 characters. See .env.example, which says how to make one."
    )
