let[@inline] u8 bytes position = Word.get_8 bytes position
let[@inline] u16 bytes position = Word.get_16 bytes position

let[@inline] u32 bytes position =
  Int32.to_int (Word.get_32 bytes position) land 0xffff_ffff

let[@inline] u64 bytes position = Word.get bytes position

(* The sign of the lowest [bits] of a number becomes that of the whole. *)
let[@inline] extended bits number =
  let unused = Sys.int_size - bits in
  (number lsl unused) asr unused

let[@inline] i8 bytes position = extended 8 (Word.get_8 bytes position)
let[@inline] i16 bytes position = extended 16 (Word.get_16 bytes position)
let[@inline] i32 bytes position = Int32.to_int (Word.get_32 bytes position)
let[@inline] i64 bytes position = Word.get bytes position
let[@inline] f32 bytes position = Int32.float_of_bits (Word.get_32 bytes position)
let[@inline] f64 bytes position = Int64.float_of_bits (Word.get bytes position)

let[@inline] bool bytes position =
  let byte = Word.get_8 bytes position in
  if byte > 1 then Offence.found Bad_bool position else byte = 1

let[@inline] timestamp bytes position =
  Timestamp.of_nanoseconds (Word.get bytes position)

let[@inline] duration bytes position =
  Duration.of_nanoseconds (Word.get bytes position)

let decimal scale bytes position =
  Decimal.make ~mantissa:(Word.get bytes position) ~scale

let[@inline] uuid bytes position = Uuid.get bytes position
let ascii size bytes position = Text.ascii_sub bytes position size
let bytes size bytes position = Word_copy.sub bytes position size
