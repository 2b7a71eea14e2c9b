"""Dossiers of years in any number, computed by the rules of the steps and written at once (nạp hồ sơ số lượng lớn)."""
