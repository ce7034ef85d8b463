"""Vägvisaren: the City of Stockholm's signpost to return-migration support."""
