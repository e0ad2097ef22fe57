"""The checks of the machine and of the ground floor, one file per theme."""

from __future__ import annotations

from scanpix.operations.checks import backups, configuration, database, folder, machine, network, queue
from scanpix.operations.doctor import Check

ALL: tuple[Check, ...] = (
    *machine.CHECKS,
    *configuration.CHECKS,
    *folder.CHECKS,
    *database.CHECKS,
    *queue.CHECKS,
    *network.CHECKS,
    *backups.CHECKS,
)
