"""The commands of ``mycelium-gen``, one module each: what it reads, what it prints, what it answers."""
