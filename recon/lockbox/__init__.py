"""The lockbox file, the only way payments come in: read (`reading`), and written (`writing`)."""
