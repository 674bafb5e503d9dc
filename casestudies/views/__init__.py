"""The pages of topics and of adoptions. Case studies themselves are Wagtail pages."""
