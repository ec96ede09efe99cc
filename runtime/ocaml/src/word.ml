external get_native : Bytes.t -> int -> int64 = "%caml_bytes_get64u"
external set_native : Bytes.t -> int -> int64 -> unit = "%caml_bytes_set64u"
external get_native_32 : Bytes.t -> int -> int32 = "%caml_bytes_get32u"
external set_native_32 : Bytes.t -> int -> int32 -> unit = "%caml_bytes_set32u"
external get_native_16 : Bytes.t -> int -> int = "%caml_bytes_get16u"
external set_native_16 : Bytes.t -> int -> int -> unit = "%caml_bytes_set16u"
external get_of_string : string -> int -> int64 = "%caml_string_get64u"
external swap : int64 -> int64 = "%bswap_int64"
external swap_32 : int32 -> int32 = "%bswap_int32"
external swap_16 : int -> int = "%bswap16"

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

let[@inline] get_16 bytes position =
  if Sys.big_endian then swap_16 (get_native_16 bytes position)
  else get_native_16 bytes position

let[@inline] set_16 bytes position value =
  if Sys.big_endian then set_native_16 bytes position (swap_16 value)
  else set_native_16 bytes position value

let[@inline] get_8 bytes position = Char.code (Bytes.unsafe_get bytes position)

let[@inline] set_8 bytes position value =
  Bytes.unsafe_set bytes position (Char.unsafe_chr value)

(* In native code a string fills whole words: after its bytes come zeros, and the
   last byte says how many. *)
let strings_are_words = Sys.backend_type == Sys.Native && Sys.word_size = 64

let[@inline] bytes_swapped word = swap word

let[@inline] of_string text position =
  if Sys.big_endian then swap (get_of_string text position)
  else get_of_string text position
