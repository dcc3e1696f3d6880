"""The command line for Uni-1 pictures."""

__version__ = "0.1.0"
