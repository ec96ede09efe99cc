"""One file per contestant, each at its best settings: compiled schemas, encoders and decoders made once."""
