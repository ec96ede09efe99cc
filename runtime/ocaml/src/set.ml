let out_of_type position = Offence.found Encode_range position

let u8 bytes position value =
  if value land lnot 0xff <> 0 then out_of_type position;
  Bytes.set_uint8 bytes position value

let u16 bytes position value =
  if value land lnot 0xffff <> 0 then out_of_type position;
  Bytes.set_uint16_le bytes position value

let u32 bytes position value =
  if value land lnot 0xffff_ffff <> 0 then out_of_type position;
  Bytes.set_int32_le bytes position (Int32.of_int value)

let u64 bytes position value = Bytes.set_int64_le bytes position value

let i8 bytes position value =
  if value < -0x80 || value > 0x7f then out_of_type position;
  Bytes.set_int8 bytes position value

let i16 bytes position value =
  if value < -0x8000 || value > 0x7fff then out_of_type position;
  Bytes.set_int16_le bytes position value

let i32 bytes position value =
  if value < -0x8000_0000 || value > 0x7fff_ffff then out_of_type position;
  Bytes.set_int32_le bytes position (Int32.of_int value)

let i64 bytes position value = Bytes.set_int64_le bytes position value

let f32 bytes position value =
  let bits = Int32.bits_of_float value in
  let overflows =
    Float.abs (Int32.float_of_bits bits) = Float.infinity
    && Float.abs value <> Float.infinity
  in
  if overflows then out_of_type position;
  Bytes.set_int32_le bytes position bits

let f64 bytes position value =
  Bytes.set_int64_le bytes position (Int64.bits_of_float value)

let bool bytes position value = Bytes.set_uint8 bytes position (Bool.to_int value)

let timestamp bytes position value =
  Bytes.set_int64_le bytes position (Timestamp.to_nanoseconds value)

let duration bytes position value =
  Bytes.set_int64_le bytes position (Duration.to_nanoseconds value)

let decimal scale bytes position value =
  match Decimal.rescale value ~scale with
  | Some { mantissa; _ } -> Bytes.set_int64_le bytes position mantissa
  | None -> out_of_type position

let uuid bytes position value =
  Bytes.blit_string (Uuid.to_bytes value) 0 bytes position 16

let ascii size bytes position value =
  let length = String.length value in
  if length > size then Offence.found Bound_exceeded position;
  if not (Text.is_printable_ascii (Bytes.unsafe_of_string value) 0 length) then
    Offence.found Bad_ascii position;
  Bytes.blit_string value 0 bytes position length;
  Bytes.fill bytes (position + length) (size - length) '\000'

let bytes size bytes position value =
  if String.length value <> size then Offence.found Bad_length position;
  Bytes.blit_string value 0 bytes position size
