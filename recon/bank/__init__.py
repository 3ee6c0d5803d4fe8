"""Bank files, read as bank lines with findings (`reading`) or turned into lockbox lines (`conversion`)."""
