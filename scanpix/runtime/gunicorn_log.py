"""What gunicorn says goes where everything else of the web process goes."""

from __future__ import annotations

import logging.config
import sys
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

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """A client that took nothing more (:mod:`scanpix.runtime.stalled`) is no fault, and needs no traceback."""
        if isinstance(sys.exception(), TimeoutError):
            self.error_log.info("let go of a client that took nothing more")
        else:
            super().exception(msg, *args, **kwargs)
