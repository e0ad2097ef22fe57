"""The door for web servers."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from scanpix.runtime.proxies import Forwarded
from scanpix.runtime.stalled import Unstalled

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scanpix.settings")

application = Unstalled(Forwarded(get_wsgi_application(), settings.TRUSTED_PROXIES))
