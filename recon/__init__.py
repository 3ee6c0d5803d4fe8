"""The reconciliation workbench for property managers."""
