"""The demonstration content: real public facts in the editors' words, and invented people who are marked as such."""

from network.demo.loader import PASSWORD, is_loaded, load

__all__ = ["PASSWORD", "is_loaded", "load"]
