"""What each frame must look like, and the words that all of them use.

This package is the bottom of the house: it imports pandas, pyarrow and pandera, and nothing of `recon`.
"""
