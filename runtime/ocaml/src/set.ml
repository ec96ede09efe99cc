let out_of_type position = Offence.found Encode_range position

let[@inline] u8 bytes position value =
  if value land lnot 0xff <> 0 then out_of_type position;
  Word.set_8 bytes position value

let[@inline] u16 bytes position value =
  if value land lnot 0xffff <> 0 then out_of_type position;
  Word.set_16 bytes position value

let[@inline] u32 bytes position value =
  if value land lnot 0xffff_ffff <> 0 then out_of_type position;
  Word.set_32 bytes position (Int32.of_int value)

let[@inline] u64 bytes position value = Word.set bytes position value

let[@inline] i8 bytes position value =
  if value < -0x80 || value > 0x7f then out_of_type position;
  Word.set_8 bytes position value

let[@inline] i16 bytes position value =
  if value < -0x8000 || value > 0x7fff then out_of_type position;
  Word.set_16 bytes position value

let[@inline] i32 bytes position value =
  if value < -0x8000_0000 || value > 0x7fff_ffff then out_of_type position;
  Word.set_32 bytes position (Int32.of_int value)

let[@inline] i64 bytes position value = Word.set bytes position value

let f32 bytes position value =
  let bits = Int32.bits_of_float value in
  let overflows =
    Float.abs (Int32.float_of_bits bits) = Float.infinity
    && Float.abs value <> Float.infinity
  in
  if overflows then out_of_type position;
  Word.set_32 bytes position bits

let[@inline] f64 bytes position value =
  Word.set bytes position (Int64.bits_of_float value)

let[@inline] bool bytes position value =
  Word.set_8 bytes position (Bool.to_int value)

let[@inline] timestamp bytes position value =
  Word.set bytes position (Timestamp.to_nanoseconds value)

let[@inline] duration bytes position value =
  Word.set bytes position (Duration.to_nanoseconds value)

let decimal scale bytes position value =
  match Decimal.rescale value ~scale with
  | Some { mantissa; _ } -> Word.set bytes position mantissa
  | None -> out_of_type position

let[@inline] uuid bytes position value = Uuid.set bytes position value
let ascii size bytes position value = Text.ascii_blit value bytes position size

let bytes size bytes position value =
  if String.length value <> size then Offence.found Bad_length position;
  Bytes.blit_string value 0 bytes position size
