"""The residents' record: entries, replies, and the one timeline that they stand on beside the council's account."""
