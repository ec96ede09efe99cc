external get_native : Bytes.t -> int -> int64 = "%caml_bytes_get64"
external set_native : Bytes.t -> int -> int64 -> unit = "%caml_bytes_set64"
external get_native_32 : Bytes.t -> int -> int32 = "%caml_bytes_get32"
external set_native_32 : Bytes.t -> int -> int32 -> unit = "%caml_bytes_set32"
external swap : int64 -> int64 = "%bswap_int64"
external swap_32 : int32 -> int32 = "%bswap_int32"

let[@inline] get bytes position =
  if Sys.big_endian then swap (get_native bytes position)
  else get_native bytes position

let[@inline] set bytes position value =
  if Sys.big_endian then set_native bytes position (swap value)
  else set_native bytes position value

let[@inline] get_32 bytes position =
  if Sys.big_endian then swap_32 (get_native_32 bytes position)
  else get_native_32 bytes position

let[@inline] set_32 bytes position value =
  if Sys.big_endian then set_native_32 bytes position (swap_32 value)
  else set_native_32 bytes position value
