"""Settings of the tests: the product's own, on a fresh data folder with an embedded PostgreSQL of its own.

The first process of a run (pytest's controller) makes the folder and starts the database; its workers inherit both.
"""

import atexit
import os
import shutil
import tempfile

FOLDER = "FRONTDESK_TESTS_FOLDER"
OURS = FOLDER not in os.environ
if OURS:
    for name in [name for name in os.environ if name.startswith("FRONTDESK_") or name == "DATABASE_URL"]:
        del os.environ[name]  # a developer's own settings must not reach the tests
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="fdt")
os.environ["FRONTDESK_DATA"] = os.environ[FOLDER]
os.environ["FRONTDESK_DEMO"] = "yes"
os.environ["FRONTDESK_TIME_ZONE"] = "UTC"

from frontdesk.project.postgres import Cluster  # noqa: E402
from frontdesk.project.settings import *  # noqa: E402, F403
from frontdesk.project.settings import DATA_FOLDER, SECRETS  # noqa: E402

if OURS:
    # Nothing here must survive a power cut, and hundreds of small transactions wait for no disk.
    _cluster = Cluster(DATA_FOLDER, SECRETS.database_password, settings={"fsync": "off", "max_connections": "200"})
    _cluster.start()

    @atexit.register
    def _remove() -> None:
        _cluster.stop()
        shutil.rmtree(_cluster.home, ignore_errors=True)
        shutil.rmtree(DATA_FOLDER, ignore_errors=True)


STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["tests.support.hashing.LightHasher"]
