"""The worker on its own, as a production runs it beside the server."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from recon.portal import receiving, worker


class Command(BaseCommand):
    """`python -m recon.portal process_uploads`."""

    help = "Process uploads as they come. It may be killed at any time; the next one goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--once`, for a timer instead of a service."""
        parser.add_argument("--once", action="store_true", help="Process what is there, then end.")

    def handle(self, *_: Any, **options: Any) -> None:
        """Work until told to end."""
        if options["once"]:
            receiving.sweep()
            while worker.work():
                pass
            return
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        worker.run(stop)
