"""Django's settings, from the environment and the installation's file; `frontdesk check --settings` lists them all.

One file. A bad value stops the start with one line that names the variable.
"""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from psycopg import conninfo

from frontdesk.project import environment as env
from frontdesk.project import logs
from frontdesk.project.backoffice.theme import theme
from frontdesk.project.installation import SETTINGS_FILE, default_data_folder, load_secrets
from frontdesk.project.legal import footer_links
from frontdesk.project.postgres import Cluster

# --- The installation ---------------------------------------------------------------------------------------------
DATA_FOLDER = env.folder("FRONTDESK_DATA", str(default_data_folder()), "where database, files and secrets are kept")
env.use_file(DATA_FOLDER / SETTINGS_FILE)
PORT = env.number("PORT", 8000, "the port that serve listens on", least=1, most=65535)
SECRETS_FILE = env.folder(
    "FRONTDESK_SECRETS_FILE", str(DATA_FOLDER / "secrets.json"), "the secrets outside the database"
)
FRONTDESK_DEMO = env.switch(
    "FRONTDESK_DEMO", False, "the demo vendor: clock travel, local mailbox; never for real customers"
)
FRONTDESK_URL = env.origin("FRONTDESK_URL", f"http://localhost:{PORT}", "the public address of this installation")
TRUSTED_PROXIES = env.networks("FRONTDESK_TRUSTED_PROXIES", "", "addresses of proxies whose X-Forwarded-For counts")
DATABASE_URL = env.text("DATABASE_URL", "", "an external PostgreSQL; empty for the embedded one", secret=True)
DATABASE_DIRECT_URL = env.text("DATABASE_DIRECT_URL", "", "the same past a pooler, for LISTEN", secret=True)
REDIS_URL = env.text(
    "REDIS_URL", "", "Redis for live wakes between many nodes (redis://, rediss://, unix://); or empty", secret=True
)
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise env.BadSetting("REDIS_URL", "must begin with redis://, rediss:// or unix://")
env.text("FRONTDESK_POSTGRES_BIN", "", "folder with other PostgreSQL programs than the installed ones")

SECRETS = load_secrets(SECRETS_FILE)
SECRET_KEY = SECRETS.django_key
EMBEDDED = None if DATABASE_URL else Cluster(DATA_FOLDER, SECRETS.database_password)
DATABASE_DSN: str = EMBEDDED.url if EMBEDDED else DATABASE_URL
HTTPS = FRONTDESK_URL.startswith("https://")

DEBUG = False
_hosts = env.words("FRONTDESK_HOSTS", "*" if FRONTDESK_DEMO else "localhost,127.0.0.1,[::1]", "host names served")
ALLOWED_HOSTS = [*_hosts, FRONTDESK_URL.split("://")[1].split(":")[0]]

# --- What is sold under -------------------------------------------------------------------------------------------
FRONTDESK_BRAND = {
    "name": env.text("FRONTDESK_BRAND_NAME", "Halcyon" if FRONTDESK_DEMO else "Frontdesk", "the vendor's name"),
    "hue": env.number("FRONTDESK_BRAND_HUE", 222, "the brand's hue in OKLCH, degrees", most=360),
    "chroma": env.text("FRONTDESK_BRAND_CHROMA", "0.115", "the brand's chroma in OKLCH"),
    "radius": env.number("FRONTDESK_BRAND_RADIUS", 12, "the corners' radius, pixels", most=40),
    "logo": env.text(
        "FRONTDESK_BRAND_LOGO",
        "ui/brand/halcyon.svg" if FRONTDESK_DEMO else "",
        "address of the vendor's logo (SVG), on this installation",
    ),
}

# What stands on invoices as the seller.
FRONTDESK_SELLER = {
    "name": env.text("FRONTDESK_SELLER_NAME", str(FRONTDESK_BRAND["name"]), "the seller on invoices: the legal name"),
    "address": env.text(
        "FRONTDESK_SELLER_ADDRESS",
        "1 Kingfisher Lane; 10115 Berlin; Germany" if FRONTDESK_DEMO else "",
        "the seller's address on invoices; lines are parted by semicolons",
    ),
    "vat_id": env.text(
        "FRONTDESK_SELLER_VAT_ID", "DE000000000" if FRONTDESK_DEMO else "", "the seller's VAT number on invoices"
    ),
    "email": env.text("FRONTDESK_SELLER_EMAIL", "", "where buyers write to about an invoice; empty for no such line"),
}
PDF_FONT = env.text(
    "FRONTDESK_PDF_FONT", "", "a TrueType file for names on invoices in scripts that ours lacks, such as Japanese"
)
REFUND_DAYS = env.number(
    "FRONTDESK_REFUND_DAYS", 30, "days in which customers refund a payment by themselves (14 at least)", least=14
)
REFUND_LIMITS = env.minor_units(
    "FRONTDESK_REFUND_LIMITS",
    '{"EUR": 20000, "USD": 20000, "GBP": 20000}',
    "what billing agents may refund of a payment, or give a customer as credit in 30 days, in minor units by currency; "
    "the rest is for managers",
)

LEGAL_FOLDER = DATA_FOLDER / "legal"
FRONTDESK_LEGAL_LINKS = footer_links(LEGAL_FOLDER)
UNFOLD = theme(FRONTDESK_BRAND)

# --- Applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "frontdesk.ui",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "frontdesk.project.backoffice.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "frontdesk.accounts",  # before allauth, whose texts it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "lucide",
    "csp",
    "procrastinate.contrib.django",
    "frontdesk.core",
    "frontdesk.catalog",
    "frontdesk.billing",  # before licensing: its rows are locked first when an account is erased
    "frontdesk.licensing",
    "frontdesk.billing.providers.sandbox",
    "frontdesk.support.helpcentre",
    "frontdesk.support.forum",  # before tickets, for the same reason
    "frontdesk.support.tickets",
    "frontdesk.support.chat",
    "frontdesk.fulfilment",
    "frontdesk.portal",
    "frontdesk.console",
    "frontdesk.gateway",
]

MIDDLEWARE = [
    "frontdesk.portal.chats.marks.MarkMiddleware",
    "frontdesk.core.database.deadline.DeadlineMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "frontdesk.portal.chats.shared.SharedBrowserMiddleware",
    "frontdesk.accounts.middleware.SessionMiddleware",
    "frontdesk.accounts.middleware.KnownBrowserMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "frontdesk.project.nul.NulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "frontdesk.accounts.middleware.PersonMiddleware",
    "frontdesk.accounts.middleware.AuthorMiddleware",
    "frontdesk.accounts.middleware.MethodMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "frontdesk.accounts.middleware.BackOfficeMiddleware",
    "frontdesk.project.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "frontdesk.project.urls"
WSGI_APPLICATION = "frontdesk.project.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "frontdesk.ui.context.ui",
            ],
        },
    }
]
FORM_RENDERER = "frontdesk.ui.forms.FormRenderer"

# --- Data ---------------------------------------------------------------------------------------------------------
_dsn = conninfo.conninfo_to_dict(DATABASE_DSN)
DATABASES = {
    "default": {
        "ENGINE": "frontdesk.core.database",
        "NAME": _dsn.pop("dbname", "frontdesk"),
        "USER": _dsn.pop("user", ""),
        "PASSWORD": _dsn.pop("password", ""),
        "HOST": _dsn.pop("host", ""),
        "PORT": _dsn.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A lock that cannot be had soon is better told to the customer than waited for.
        "OPTIONS": {"connect_timeout": 2, "options": "-c lock_timeout=5s -c statement_timeout=30s", **_dsn},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES: dict[str, str] = {}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

FILES_FOLDER = DATA_FOLDER / "files"
S3_BUCKET = env.text("FRONTDESK_S3_BUCKET", "", "bucket for files; empty for the local folder")
S3_ENDPOINT = env.text("FRONTDESK_S3_ENDPOINT", "", "address of an S3-compatible server")
S3_KEY = env.text("FRONTDESK_S3_KEY", "", "the bucket's access key", secret=True)
S3_SECRET = env.text("FRONTDESK_S3_SECRET", "", "the bucket's secret key", secret=True)
S3_REGION = env.text("FRONTDESK_S3_REGION", "", "the bucket's region")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_FOLDER}},
    "staticfiles": {"BACKEND": "frontdesk.ui.storage.StaticFiles"},
}
if S3_BUCKET:
    # Needs the extra `s3`, which an installation with a local folder does without.
    from frontdesk.project.storage import s3_storage

    STORAGES["default"] = s3_storage(
        bucket=S3_BUCKET, endpoint=S3_ENDPOINT, key=S3_KEY, secret=S3_SECRET, region=S3_REGION
    )
STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
WHITENOISE_MAX_AGE = 60
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["frontdesk.accounts.backends.PersonBackend"]
PASSWORD_HASHERS = ["frontdesk.accounts.hashers.CappedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"frontdesk.accounts.passwords.{name}"}
    for name in ("LengthValidator", "BlocklistValidator", "ContextValidator")
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "frontdesk.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # frontdesk.accounts.guard counts instead, in the database
MFA_ADAPTER = "frontdesk.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp"]  # passkeys and recovery codes are ours, in allauth's table
MFA_TOTP_TOLERANCE = 1  # a step of 30 seconds either way; no code counts twice
MFA_RATE_LIMITS = False

FRONTDESK_PLACES = env.text("FRONTDESK_PLACES", "", "a local table of places in MaxMind's format; empty for none")

# --- Mail ---------------------------------------------------------------------------------------------------------
MAIL_ADAPTER = env.choice(
    "FRONTDESK_MAIL", "file", "how mail leaves: file (a folder), console, or smtp", among=("file", "console", "smtp")
)
EMAIL_BACKEND = {
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}[MAIL_ADAPTER]
EMAIL_FILE_PATH = str(DATA_FOLDER / "mail")
EMAIL_HOST = env.text("FRONTDESK_SMTP_HOST", "localhost", "the mail server")
EMAIL_PORT = env.number("FRONTDESK_SMTP_PORT", 587, "its port", least=1, most=65535)
EMAIL_HOST_USER = env.text("FRONTDESK_SMTP_USER", "", "its user")
EMAIL_HOST_PASSWORD = env.text("FRONTDESK_SMTP_PASSWORD", "", "its password", secret=True)
EMAIL_USE_TLS = env.switch("FRONTDESK_SMTP_STARTTLS", True, "whether the mail server is asked for STARTTLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("FRONTDESK_MAIL_FROM", "Halcyon <desk@halcyon.example>", "the sender of mails")

# --- Customer service ---------------------------------------------------------------------------------------------
SUPPORT_ADDRESS = env.text(
    "FRONTDESK_SUPPORT_ADDRESS",
    "support@halcyon.example" if FRONTDESK_DEMO else "",
    "where customers write to and answers come from; replies go to it with +token; empty for no mail of this kind",
)

MAIL_AUTHSERV_ID = env.text(
    "FRONTDESK_MAIL_AUTHSERV_ID",
    "",
    "the name by which your mail server signs Authentication-Results; empty: no mail's sender counts as proved",
)
_imap = env.door(
    "FRONTDESK_MAIL_IMAP",
    "",
    "a mailbox to poll: imaps://mail.example, imap:// (STARTTLS), imap+plain:// (this machine only); empty for none",
    {"imaps": 993, "imap": 143, "imap+plain": 143},
)
MAIL_IMAP = {
    "host": _imap["host"],
    "port": _imap["port"],
    "tls": _imap["scheme"],
    "user": env.text("FRONTDESK_MAIL_IMAP_USER", "", "the mailbox's user"),
    "password": env.text("FRONTDESK_MAIL_IMAP_PASSWORD", "", "the mailbox's password", secret=True),
    "folder": env.text("FRONTDESK_MAIL_IMAP_FOLDER", "INBOX", "the folder that is read"),
    "done": env.text("FRONTDESK_MAIL_IMAP_DONE", "", "the folder that read mails are moved to; empty: marked as seen"),
}
env.need("FRONTDESK_MAIL_IMAP", "on" if _imap["host"] else "", {"on": ["USER", "PASSWORD"]})
if _imap["scheme"] == "imap+plain" and _imap["host"] not in {"localhost", "127.0.0.1", "::1"}:
    raise env.BadSetting("FRONTDESK_MAIL_IMAP", "must not be without TLS on another machine")
MAIL_LISTEN = env.door(
    "FRONTDESK_MAIL_LISTEN",
    "",
    "where your mail server hands mail to: lmtp://127.0.0.1:8024, smtp://127.0.0.1:8025, lmtp:///a/socket; or empty",
    {"lmtp": 0, "smtp": 0},
    paths=True,
)
MAIL_WEBHOOK = {
    "provider": env.choice(
        "FRONTDESK_MAIL_WEBHOOK",
        "",
        "a provider that posts mail to /webhooks/mail/<provider>/; empty for none",
        among=("", "mailgun", "mailjet", "mandrill", "postmark", "sendgrid", "sparkpost"),
    ),
    "secret": env.text("FRONTDESK_MAIL_WEBHOOK_SECRET", "", "name:password that the provider shows", secret=True),
    "key": env.text("FRONTDESK_MAIL_WEBHOOK_KEY", "", "what mailgun or mandrill sign with", secret=True),
}
env.need(
    "FRONTDESK_MAIL_WEBHOOK",
    MAIL_WEBHOOK["provider"],
    {name: ["SECRET"] for name in ("mailjet", "postmark", "sendgrid", "sparkpost")}
    | {name: ["SECRET", "KEY"] for name in ("mailgun", "mandrill")},
)
MAIL_OWN_LISTS = env.words(
    "FRONTDESK_MAIL_OWN_LISTS",
    "",
    "List-Ids that bring customers' mail to you, such as of a group; others are kept apart",
)

# --- SMS ----------------------------------------------------------------------------------------------------------
SMS_ADAPTER = env.choice(
    "FRONTDESK_SMS",
    "file" if FRONTDESK_DEMO else "console",
    "how SMS leave: console, file (a folder), twilio, http (any provider that takes JSON), or off",
    among=("console", "file", "twilio", "http", "off"),
)
SMS_FOLDER = DATA_FOLDER / "sms"
SMS_FROM = env.text("FRONTDESK_SMS_FROM", "", "the sender of SMS: a number, a name, or Twilio's messaging service")
SMS_PER_NUMBER = env.number("FRONTDESK_SMS_PER_NUMBER", 10, "SMS a day to one number, at most", least=1)
SMS_PER_DAY = env.number("FRONTDESK_SMS_PER_DAY", 1000, "SMS a day in all, at most", least=1)
SMS_COUNTRIES = env.countries("FRONTDESK_SMS_COUNTRIES", "", "countries SMS go to, such as DE,AT; empty for all")
SMS_TIMEOUT = env.number("FRONTDESK_SMS_TIMEOUT", 5, "seconds the SMS provider has to answer", least=1, most=60)
SMS_TWILIO = {
    "url": env.address("FRONTDESK_SMS_TWILIO_URL", "https://api.twilio.com", "where Twilio's API is"),
    "account": env.text("FRONTDESK_SMS_TWILIO_ACCOUNT", "", "Twilio's account (AC…)"),
    "key": env.text("FRONTDESK_SMS_TWILIO_KEY", "", "Twilio's API key (SK…); empty for the account's own token"),
    "secret": env.text("FRONTDESK_SMS_TWILIO_SECRET", "", "the key's secret, or the account's token", secret=True),
}
SMS_HTTP: dict[str, Any] = {
    "url": env.address("FRONTDESK_SMS_HTTP_URL", "", "where the provider takes SMS", secret=True),
    "headers": env.table("FRONTDESK_SMS_HTTP_HEADERS", "{}", "its headers, a JSON object", secret=True),
    "body": env.table(
        "FRONTDESK_SMS_HTTP_BODY",
        '{"to": "{to}", "from": "{from}", "text": "{text}"}',
        "its body, a JSON object with {to}, {from}, {text}, {key}",
    ),
}
env.need("FRONTDESK_SMS", SMS_ADAPTER, {"twilio": ["FROM", "TWILIO_ACCOUNT", "TWILIO_SECRET"], "http": ["HTTP_URL"]})

# --- Payments -----------------------------------------------------------------------------------------------------
PAYMENTS = env.choice(
    "FRONTDESK_PAYMENTS",
    "sandbox" if FRONTDESK_DEMO else "off",
    "who takes payments: sandbox (a test bank), stripe, or off (no shop)",
    among=("sandbox", "stripe", "off"),
)
STATEMENT_NAME = env.text(
    "FRONTDESK_PAYMENTS_STATEMENT_NAME", "", "the name on bank statements, ten letters at best; empty for the brand's"
)
_webhook_secrets = env.text(
    "FRONTDESK_PAYMENTS_STRIPE_WEBHOOK_SECRET",
    "",
    "the secret of Stripe's webhook endpoint (whsec_…); two, with a comma between, while one replaces the other",
    secret=True,
)
STRIPE: dict[str, Any] = {
    "key": env.text("FRONTDESK_PAYMENTS_STRIPE_KEY", "", "Stripe's secret or restricted key (sk_…, rk_…)", secret=True),
    "webhook_secrets": [word.strip() for word in _webhook_secrets.split(",") if word.strip()],
    "base": env.address("FRONTDESK_PAYMENTS_STRIPE_URL", "", "a stand-in for Stripe, in tests; empty for Stripe"),
}
env.need("FRONTDESK_PAYMENTS", PAYMENTS, {"stripe": ["STRIPE_KEY"]})

# --- Language and time --------------------------------------------------------------------------------------------
USE_I18N = USE_TZ = True
TIME_ZONE = env.zone(
    "FRONTDESK_TIME_ZONE",
    "Europe/Berlin" if FRONTDESK_DEMO else "UTC",
    "the time zone of people we know nothing of: the vendor's own",
)
LANGUAGE_CODE = env.choice("FRONTDESK_LANGUAGE", "en", "the language of people we know nothing of", among=("en", "de"))
LANGUAGES = [("en", _("English")), ("de", _("German"))]
FORMAT_MODULE_PATH = "frontdesk.ui.formats"
LOCALE_PATHS = [str(Path(__file__).parent.parent / "locale")]

# --- Security -----------------------------------------------------------------------------------------------------
SESSION_ENGINE = "frontdesk.accounts.sessions"
SESSION_COOKIE_AGE = 86400 * env.number(
    "FRONTDESK_SESSION_DAYS", 90, "days after which one must sign in again", least=1
)
SESSION_IDLE_SECONDS = 86400 * env.number("FRONTDESK_SESSION_IDLE_DAYS", 14, "the same without any use", least=1)
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
BROWSER_COOKIE_NAME = "__Host-browser" if HTTPS else "browser"
READER_COOKIE_NAME = "__Host-reader" if HTTPS else "reader"  # of those who vote on articles without an account
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "frontdesk.project.stale.refused"
CSRF_TRUSTED_ORIGINS = [FRONTDESK_URL]
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

METRICS_TOKEN = env.text(
    "FRONTDESK_METRICS_TOKEN", "", "what a scraper of /metrics shows; empty: read on this machine alone", secret=True
)

LIVE_STREAMS = env.number("FRONTDESK_LIVE_STREAMS", 3000, "open streams of a web process, at most", least=1, most=4000)
LIVE_STREAMS_PER_NETWORK = env.number(
    "FRONTDESK_LIVE_STREAMS_PER_NETWORK", 500, "of them from one network (/24, or /56 of IPv6)", least=1
)

# --- Logs ---------------------------------------------------------------------------------------------------------
LOGGING_CONFIG = None  # Django's own logs would name addresses and texts that people typed: ours do not
logs.configure(shape=env.choice("FRONTDESK_LOG", "auto", "the shape of log lines", among=("auto", "json", "text")))

if _unknown := env.unknown_names():
    raise env.BadSetting(_unknown[0], f"in {DATA_FOLDER / SETTINGS_FILE} is not one that Frontdesk knows")
