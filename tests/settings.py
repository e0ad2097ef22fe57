"""The project's settings on a data folder of their own that goes with the run."""

from __future__ import annotations

import os
import tempfile

# Workers of a parallel run inherit the folder that their first process made.
if "SCANPIX_TEST_RUN" not in os.environ:
    os.environ["SCANPIX_DATA"] = os.environ["SCANPIX_TEST_RUN"] = tempfile.mkdtemp(prefix="scanpix-test-")
    # Wherever this machine is; and how full its disk is concerns those tests alone that are about it.
    os.environ["SCANPIX_TIME_ZONE"] = "UTC"
    os.environ["SCANPIX_MIN_FREE_MB"] = "0"
    # What a test writes need not outlive a power cut.
    os.environ["SCANPIX_POSTGRES_OPTIONS"] = "fsync=off,synchronous_commit=off,full_page_writes=off,max_connections=200"

# Workers share the cores among them: threads of their own would only wait for each other.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from scanpix.settings import *  # noqa: F403
from scanpix.settings import Q_CLUSTER

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
# Of each worker's own: files would be shared, and cleared by one while another looks.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
Q_CLUSTER = {**Q_CLUSTER, "poll": 0.1}
NICE = 0  # there is no way back from it for the rest of the run
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SETTLE_SECONDS = 0  # what a test has just written is whole
