"""What gunicorn says goes where everything else of the web process goes."""

from __future__ import annotations

import logging.config
from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger


class ProjectLogger(Logger):  # type: ignore[misc]
    """Gunicorn's, with the handlers of ``settings.LOGGING`` in place of its own."""

    def setup(self, cfg: Any) -> None:
        """Called in the master, where Django has not set up logging yet."""
        super().setup(cfg)
        logging.config.dictConfig(settings.LOGGING)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
