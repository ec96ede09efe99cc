let u8 = Bytes.get_uint8
let u16 bytes position = Bytes.get_uint16_le bytes position

let u32 bytes position =
  Int32.to_int (Bytes.get_int32_le bytes position) land 0xffff_ffff

let u64 bytes position = Bytes.get_int64_le bytes position
let i8 = Bytes.get_int8
let i16 bytes position = Bytes.get_int16_le bytes position
let i32 bytes position = Int32.to_int (Bytes.get_int32_le bytes position)
let i64 bytes position = Bytes.get_int64_le bytes position
let f32 bytes position = Int32.float_of_bits (Bytes.get_int32_le bytes position)
let f64 bytes position = Int64.float_of_bits (Bytes.get_int64_le bytes position)

let bool bytes position =
  let byte = Bytes.get_uint8 bytes position in
  if byte > 1 then Offence.found Bad_bool position else byte = 1

let timestamp bytes position =
  Timestamp.of_nanoseconds (Bytes.get_int64_le bytes position)

let duration bytes position =
  Duration.of_nanoseconds (Bytes.get_int64_le bytes position)

let decimal scale bytes position =
  Decimal.make ~mantissa:(Bytes.get_int64_le bytes position) ~scale

let uuid bytes position =
  match Uuid.of_bytes (Bytes.sub_string bytes position 16) with
  | Some uuid -> uuid
  | None -> Offence.found Bad_length position

let ascii size bytes position =
  let length = Text.ascii_length bytes position size in
  if not (Text.is_printable_ascii bytes position length) then
    Offence.found Bad_ascii position
  else Bytes.sub_string bytes position length

let bytes size bytes position = Bytes.sub_string bytes position size
