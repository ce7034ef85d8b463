"""The gateway: the only package that faces the public, and the only one that imports FastAPI."""
