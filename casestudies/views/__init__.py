"""The pages of topics, of adoptions and of the evidence rating. Case studies themselves are Wagtail pages."""
