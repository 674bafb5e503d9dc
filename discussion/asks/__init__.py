"""Asks, from the question to the answer that helped."""
