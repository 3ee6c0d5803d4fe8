"""Django's settings. One variable makes it a production: `RECON_PORTAL_HOSTS`, the names it is reached by over TLS."""

import os

from recon.portal import places

_HOSTS = [name.strip() for name in os.environ.get("RECON_PORTAL_HOSTS", "").split(",") if name.strip()]

PORTAL_DATA = places.data_folder()
PORTAL_DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
MEDIA_ROOT = PORTAL_DATA / "files"  # no address leads there; views hand files out
SECRET_KEY = places.secret_key(PORTAL_DATA)
DEBUG = False
ALLOWED_HOSTS = _HOSTS or ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "recon.portal.apps.Portal",
]
MIDDLEWARE = [
    "recon.portal.security.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "recon.portal.urls"
WSGI_APPLICATION = "recon.portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recon.portal.views.frame.context",
            ]
        },
    }
]

DATABASES = {"default": places.database(PORTAL_DATA, os.environ.get("RECON_PORTAL_DATABASE", ""))}
_BUCKET = os.environ.get("RECON_PORTAL_BUCKET", "")
STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": _BUCKET}}
    if _BUCKET
    else {"BACKEND": "recon.portal.storage.FolderStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # two small files, served from where they lie

AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["recon.portal.lockout.LockOut", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",  # argon2id (RELIABILITY, M22)
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "name", "email")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "log-on"
# Names of our own: on loopback, cookies are shared by all that listens there. With TLS, no other host can set them.
_PREFIX = "__Host-recon_panel" if _HOSTS else "recon_panel"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_PREFIX}_session", f"{_PREFIX}_form"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "recon.portal.views.frame.expired"

# Behind a reverse proxy with TLS. Waitress takes the scheme from the proxy it trusts, and from nobody else.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = bool(_HOSTS)
SECURE_HSTS_SECONDS = 365 * 86400 if _HOSTS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = bool(_HOSTS)
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in _HOSTS]

globals().update(places.mail(os.environ.get("RECON_PORTAL_EMAIL", "")))
DEFAULT_FROM_EMAIL = os.environ.get("RECON_PORTAL_FROM", "control-panel@localhost")

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = os.environ.get("RECON_PORTAL_TIME_ZONE", "UTC")
FORMAT_MODULE_PATH = "recon.portal.formats"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "ERROR", "propagate": True},
        # Any stranger can ask for another host, as often as they like; it is answered with 400 and is no fault of ours.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}

# An upload is cleared when a person says so: offered after 60 minutes, recommended after 90 (PUB-12).
PORTAL_CLEAR_OFFERED, PORTAL_CLEAR_RECOMMENDED = 60, 90
PORTAL_LEASE_SECONDS = int(os.environ.get("RECON_PORTAL_LEASE_SECONDS", "60"))
