"""The workbench: the screen on which a person deals with a batch, and the grid that it shows rows in."""
