"""Commands of `python -m recon.portal`."""
