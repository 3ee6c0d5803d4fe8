"""Django's own commands for the control panel, such as `python -m recon.portal check --deploy`."""

import os
import sys

import django
from django.core.management import execute_from_command_line

from recon.portal import places

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recon.portal.settings")
try:
    places.close_to_others(places.data_folder())
    django.setup()
except OSError as error:
    sys.exit(f"The data folder cannot be used ({error}); set RECON_PORTAL_DATA to another.")
except ValueError as error:
    sys.exit(str(error))
execute_from_command_line([f"{sys.executable} -m recon.portal", *sys.argv[1:]])
