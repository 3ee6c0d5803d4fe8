"""The command `recon`: it reads options, calls the package, and says what came of it. It holds no rule (SPEC 8)."""

from recon.cli.app import main

__all__ = ["main"]
