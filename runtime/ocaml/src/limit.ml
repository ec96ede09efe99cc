let depth = 64
let budget = 262_144
let frame_length = 16 * 1024 * 1024
