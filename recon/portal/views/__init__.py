"""The pages: logging on, RP Management, and what clients see."""
