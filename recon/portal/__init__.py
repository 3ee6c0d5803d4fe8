"""The control panel: where publications arrive and are reviewed, and where clients look at what is theirs.

A program of its own, on Django. With the rest of this package it shares the schemas of what is published, and nothing
else; `recon portal` starts it.
"""
