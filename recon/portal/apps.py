"""The control panel as Django knows it."""

from django.apps import AppConfig


class Portal(AppConfig):
    """One application; its tables are named `portal_…`."""

    name = "recon.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have log-ons, good and bad, go to the audit log."""
        from recon.portal.lockout import listen

        listen()
