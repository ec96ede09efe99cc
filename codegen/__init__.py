"""Schema -> files: one package per language, and the command ``mycelium-gen``."""
