let u8 = Bytes.get_uint8
let u16 bytes position = Bytes.get_uint16_le bytes position

let[@inline] u32 bytes position =
  Int32.to_int (Word.get_32 bytes position) land 0xffff_ffff

let[@inline] u64 bytes position = Word.get bytes position
let i8 = Bytes.get_int8
let i16 bytes position = Bytes.get_int16_le bytes position
let[@inline] i32 bytes position = Int32.to_int (Word.get_32 bytes position)
let[@inline] i64 bytes position = Word.get bytes position
let[@inline] f32 bytes position = Int32.float_of_bits (Word.get_32 bytes position)
let[@inline] f64 bytes position = Int64.float_of_bits (Word.get bytes position)

let[@inline] bool bytes position =
  let byte = Bytes.get_uint8 bytes position in
  if byte > 1 then Offence.found Bad_bool position else byte = 1

let[@inline] timestamp bytes position =
  Timestamp.of_nanoseconds (Word.get bytes position)

let[@inline] duration bytes position =
  Duration.of_nanoseconds (Word.get bytes position)

let decimal scale bytes position =
  Decimal.make ~mantissa:(Word.get bytes position) ~scale

let uuid bytes position =
  match Uuid.of_bytes (Bytes.sub_string bytes position 16) with
  | Some uuid -> uuid
  | None -> Offence.found Bad_length position

let ascii size bytes position =
  let length = Text.ascii_length bytes position size in
  if length < 0 then Offence.found Bad_ascii position
  else Bytes.sub_string bytes position length

let bytes size bytes position = Bytes.sub_string bytes position size
