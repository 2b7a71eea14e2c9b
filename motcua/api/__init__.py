"""The catalogue for other systems, public and read only (docs/api.md)."""
