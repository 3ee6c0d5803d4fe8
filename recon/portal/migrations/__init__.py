"""The tables of the control panel, step by step."""
