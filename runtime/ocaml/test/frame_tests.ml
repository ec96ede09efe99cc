open Mycelium

let envelope =
  Envelope.make ~sequence:(-1L)
    ~published_at:(Timestamp.of_nanoseconds 1_700_000_000_000_000_000L)
    ~trace_id:"0123456789abcdef" ~span_id:"01234567" ~correlation_id:99L
    ~source:1 ~destination:0xffff_ffff ()

let plain =
  Result.get_ok (Frame.encode ~type_id:1000 (Bytes.of_string "body"))

let enveloped =
  Result.get_ok (Frame.encode ~envelope ~type_id:65535 (Bytes.of_string "body"))

let code_and_offset = function
  | Ok _ -> "ok"
  | Error { Decode_error.code; offset; _ } ->
      Printf.sprintf "%s %d" (Error_code.to_string code) offset

(* The frame with one byte changed. *)
let with_byte frame index value =
  let changed = Bytes.copy frame in
  Bytes.set_uint8 changed index value;
  changed

let round_trips () =
  Check.text "header" "e803000104000000" (Hexadecimal.encode (Bytes.sub_string plain 0 8));
  let frame = Result.get_ok (Frame.decode plain) in
  Check.text "body" "body" (Bytes.to_string (Frame.body frame));
  Check.int "type id" 1000 frame.type_id;
  Check.that "no envelope" (frame.envelope = None);
  let frame = Result.get_ok (Frame.decode enveloped) in
  Check.int "body offset" 64 frame.offset;
  Check.that "envelope" (frame.envelope = Some envelope);
  let embedded = Bytes.cat (Bytes.cat (Bytes.of_string "xxx") plain) (Bytes.of_string "y") in
  let length = Bytes.length plain in
  match Frame.decode ~offset:3 ~length embedded with
  | Ok frame -> Check.text "in a range" "body" (Bytes.to_string (Frame.body frame))
  | Error error -> Check.that (Decode_error.to_string error) false

let refusals () =
  let refused ?limit ?knows claim expected bytes =
    Check.text claim expected (code_and_offset (Frame.decode ?limit ?knows bytes))
  in
  for length = 0 to Bytes.length plain - 1 do
    let expected = if length < 8 then "TRUNCATED 0" else "TRUNCATED 4" in
    refused "cut short" expected (Bytes.sub plain 0 length)
  done;
  refused "version" "BAD_VERSION 3" (with_byte plain 3 2);
  refused "flags" "BAD_FLAGS 2" (with_byte plain 2 2);
  refused "version before flags" "BAD_VERSION 3" (with_byte (with_byte plain 2 2) 3 0);
  refused ~limit:3 "limit" "FRAME_TOO_LARGE 4" plain;
  refused ~limit:4 "exactly the limit" "ok" plain;
  refused "size before bytes" "FRAME_TOO_LARGE 4" (with_byte plain 7 255);
  refused "no room for the envelope" "TRUNCATED 4" (with_byte plain 2 1);
  refused "type 0" "UNKNOWN_TYPE 0" (with_byte (with_byte plain 0 0) 1 0);
  refused ~knows:(fun id -> id = 1) "unknown type" "UNKNOWN_TYPE 0" plain;
  refused "trailing" "TRAILING_BYTES 12" (Bytes.cat plain (Bytes.make 1 ' '));
  refused ~knows:(fun _ -> false) "type before trailing" "UNKNOWN_TYPE 0"
    (Bytes.cat plain (Bytes.make 1 ' '));
  Check.raises_invalid "range" (fun () -> Frame.decode ~offset:13 plain)

let encoding_refusals () =
  let refused ?limit ?envelope ~type_id claim expected =
    let writer = Writer.make 4 in
    Writer.string writer "before";
    let body writer = Writer.string writer "body" in
    (match Frame.append ?limit ?envelope writer ~type_id body with
    | Ok () -> Check.that claim false
    | Error error -> Check.text claim expected (Encode_error.to_string error));
    Check.text (claim ^ ": output") "before" (Bytes.to_string (Writer.contents writer))
  in
  refused ~type_id:0 "type 0" "ENCODE_RANGE: Frame";
  refused ~type_id:65536 "type 65536" "ENCODE_RANGE: Frame";
  refused ~limit:3 ~type_id:1 "too large" "FRAME_TOO_LARGE: Frame";
  let envelope = { envelope with trace_id = "short" } in
  refused ~envelope ~type_id:1 "trace id" "BAD_LENGTH: Frame.trace_id";
  let envelope = Envelope.make ~source:(-1) () in
  refused ~envelope ~type_id:1 "source" "ENCODE_RANGE: Frame.source";
  let writer = Writer.make 4 in
  (match Frame.append writer ~type_id:1 (fun _ -> raise Exit) with
  | _ -> Check.that "an exception passes" false
  | exception Exit -> Check.int "and leaves nothing" 0 (Writer.length writer))

let run () =
  round_trips ();
  refusals ();
  encoding_refusals ()
