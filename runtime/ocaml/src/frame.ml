type t = {
  type_id : int;
  envelope : Envelope.t option;
  bytes : Bytes.t;
  offset : int;
  length : int;
}

let header_size = 8
let version = 1
let envelope_flag = 1
let body frame = Bytes.sub frame.bytes frame.offset frame.length

type header = {
  header_type_id : int;
  has_envelope : bool;
  frame_length : int;
}

let read_header ~limit bytes start =
  let flags = Get.u8 bytes (start + 2) in
  let frame_length = Get.u32 bytes (start + 4) in
  if Get.u8 bytes (start + 3) <> version then
    Offence.found Bad_version (start + 3);
  if flags land lnot envelope_flag <> 0 then
    Offence.found Bad_flags (start + 2);
  if frame_length > limit then Offence.found Frame_too_large (start + 4);
  let has_envelope = flags = envelope_flag in
  { header_type_id = Get.u16 bytes start; has_envelope; frame_length }

let of_header header ~knows bytes start =
  let inner = start + header_size in
  let taken = if header.has_envelope then Envelope.size else 0 in
  if header.frame_length < taken then Offence.found Truncated (start + 4);
  let type_id = header.header_type_id in
  if type_id = 0 || not (knows type_id) then Offence.found Unknown_type start;
  let envelope =
    if header.has_envelope then Some (Fixed.get Envelope.codec bytes inner)
    else None
  in
  let length = header.frame_length - taken in
  { type_id; envelope; bytes; offset = inner + taken; length }

let decode_range ~limit ~knows bytes offset length =
  if length < header_size then Offence.found Truncated offset;
  let header = read_header ~limit bytes offset in
  let stop = header_size + header.frame_length in
  if length < stop then Offence.found Truncated (offset + 4);
  let frame = of_header header ~knows bytes offset in
  if length > stop then Offence.found Trailing_bytes (offset + stop);
  frame

let all_types _ = true

let decode ?(limit = Limit.frame_length) ?(knows = all_types) ?(offset = 0)
    ?length bytes =
  let available = Bytes.length bytes - offset in
  let length = Option.value length ~default:available in
  if offset < 0 || length < 0 || length > available then
    invalid_arg "Mycelium.Frame.decode: not a range of the bytes";
  match decode_range ~limit ~knows bytes offset length with
  | frame -> Ok frame
  | exception Offence.Found { code; position; path = _ } ->
      let offset = position - offset in
      Error { Decode_error.code; offset; path = "Frame" }

let write_header writer start ~type_id ~has_envelope length =
  let bytes = Writer.bytes writer in
  Set.u16 bytes start type_id;
  Set.u8 bytes (start + 2) (if has_envelope then envelope_flag else 0);
  Set.u8 bytes (start + 3) version;
  Set.u32 bytes (start + 4) length

let append_parts ~limit ~envelope writer ~type_id write_body =
  let start = Writer.length writer in
  if type_id < 1 || type_id > 0xffff then Offence.found Encode_range start;
  ignore (Writer.reserve writer header_size);
  Option.iter (Writer.fixed writer Envelope.codec) envelope;
  write_body writer;
  let length = Writer.length writer - start - header_size in
  if length > limit || length > 0xffff_ffff then
    Offence.found Frame_too_large start;
  let has_envelope = Option.is_some envelope in
  write_header writer start ~type_id ~has_envelope length

let append ?(limit = Limit.frame_length) ?envelope writer ~type_id write_body =
  let start = Writer.length writer in
  match append_parts ~limit ~envelope writer ~type_id write_body with
  | () -> Ok ()
  | exception failure -> (
      Writer.truncate writer start;
      match failure with
      | Offence.Found offence ->
          let path = Offence.path offence "Frame" in
          Error { Encode_error.code = offence.code; path }
      | other -> raise other)

let encode ?limit ?envelope ~type_id body =
  let length = Bytes.length body in
  let writer = Writer.make (header_size + Envelope.size + length) in
  let write_body writer =
    let start = Writer.reserve writer length in
    Bytes.blit body 0 (Writer.bytes writer) start length
  in
  match append ?limit ?envelope writer ~type_id write_body with
  | Ok () -> Ok (Writer.contents writer)
  | Error error -> Error error
