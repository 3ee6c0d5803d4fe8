"""Django's own commands for the control panel, such as `python -m recon.portal check --deploy`."""

import os
import sys

from django.core.management import execute_from_command_line

from recon.portal import places

places.close_to_others(places.data_folder())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recon.portal.settings")
execute_from_command_line([f"{sys.executable} -m recon.portal", *sys.argv[1:]])
