(* Messages as the generator would write them, small enough to see through. *)

open Mycelium

module Sample = struct
  type t = { id : int; ratio : float; name : string; next : t option }

  let layout =
    Layout.message
      ~block:
        [
          Layout.required "id" 2;
          Layout.defaulted "ratio" "\x00\x00\x00\x00\x00\x00\xf8\x3f";
        ]
      ~fields:[ (1, "name"); (2, "next") ]

  let rec read reader =
    Reader.message reader layout @@ fun reader ->
    let start = Reader.block reader layout in
    let bytes = Reader.block_bytes reader in
    let id = Get.u16 bytes start in
    let ratio = Get.f64 bytes (start + 2) in
    Reader.end_block reader layout;
    Reader.require reader 1 6;
    let name = Decode.string_within 0 5 reader in
    let next = if Reader.find reader 2 6 then Some (read reader) else None in
    { id; ratio; name; next }

  let rec write writer value =
    Writer.message writer layout value @@ fun writer value ->
    let start = Writer.block writer layout in
    let bytes = Writer.bytes writer in
    Set.u16 bytes start value.id;
    Set.f64 bytes (start + 2) value.ratio;
    Encode.field writer 1 (Encode.string_within 0 5) value.name;
    Encode.optional writer 2 write value.next

  let rec pp formatter value =
    Print.record formatter "Sample"
      [
        Print.field "id" Print.int value.id;
        Print.field "ratio" Print.float value.ratio;
        Print.redacted "name";
        Print.field "next" (Print.option pp) value.next;
      ]

  include Message.Make_framed (struct
    type nonrec t = t

    let name = "test.Sample"
    let wire_digest = 1L
    let versions = Versions.empty
    let full_digest = 2L
    let type_id = 1000
    let topic = Some "samples"
    let read = read
    let write = write
    let pp = pp
  end)
end

let sample = { Sample.id = 7; ratio = 0.5; name = "ab"; next = None }
let nested = { sample with next = Some { sample with id = 8 } }
let bad = { sample with next = Some { sample with name = "too long" } }

let shown = function
  | Ok message -> Sample.to_string message
  | Error error -> Decode_error.to_string error

let outputs () =
  let body = Sample.encode_exn sample in
  Check.text "bytes" "060a0700000000000000e03f0e026162"
    (Hexadecimal.encode (Bytes.to_string body));
  let buffer = Buffer.create 8 in
  Buffer.add_string buffer "x";
  Check.that "buffer" (Sample.encode_to_buffer buffer sample = Ok ());
  Check.text "appended" ("x" ^ Bytes.to_string body) (Buffer.contents buffer);
  let bytes = Bytes.make 20 '.' in
  Check.that "bytes at an offset"
    (Sample.encode_to_bytes bytes ~offset:2 sample = Ok (Bytes.length body));
  Check.text "written" (".." ^ Bytes.to_string body ^ "..") (Bytes.to_string bytes);
  Check.raises_invalid "no room" (fun () ->
      Sample.encode_to_bytes (Bytes.create 15) ~offset:0 sample);
  Check.that "decoded in place"
    (Sample.decode ~offset:2 ~length:(Bytes.length body) bytes = Ok sample);
  Check.raises_invalid "no range" (fun () -> Sample.decode ~offset:21 bytes)

let refused_output () =
  let expected = Error { Encode_error.code = Bound_exceeded; path = "Sample.next.name" } in
  let buffer = Buffer.create 8 in
  Buffer.add_string buffer "x";
  Check.that "path" (Sample.encode_to_buffer buffer bad = expected);
  Check.text "buffer as it was" "x" (Buffer.contents buffer);
  let bytes = Bytes.make 64 '.' in
  Check.that "refused" (Result.is_error (Sample.encode_to_bytes bytes ~offset:0 bad));
  Check.text "bytes as they were" (String.make 64 '.') (Bytes.to_string bytes);
  let writer = Writer.make 1 in
  Check.that "good" (Sample.append writer sample = Ok ());
  let length = Writer.length writer in
  Check.that "bad" (Sample.append writer bad = expected);
  Check.int "writer as long as it was" length (Writer.length writer);
  Check.that "and usable" (Sample.append writer nested = Ok ());
  let both = Bytes.cat (Sample.encode_exn sample) (Sample.encode_exn nested) in
  Check.text "both" (Bytes.to_string both) (Bytes.to_string (Writer.contents writer))

let short_blocks () =
  let decoded hex =
    let body = Option.get (Hexadecimal.decode hex) in
    shown (Sample.decode (Bytes.of_string body))
  in
  Check.text "default for what is missing"
    "Sample { id = 7; ratio = 1.5; name = <redacted>; next = None }"
    (decoded "060207000e00");
  Check.text "inside a field" "BAD_LENGTH at offset 2: Sample"
    (decoded "06030700000e00");
  Check.text "empty" "BAD_LENGTH at offset 2: Sample" (decoded "06000e00");
  Check.text "no block" "MISSING_FIELD at offset 0: Sample.id" (decoded "0e00");
  Check.text "no block and a missing field"
    "MISSING_FIELD at offset 4: Sample.name" (decoded "06020700")

(* In a short block zeros stand for what is missing, and a zero may itself offend:
   the first missing field is what is wrong, not the first that offends. *)
let missing_limited_field () =
  let layout =
    Layout.message
      ~block:
        [ Layout.required "a" 1; Layout.required "b" 1; Layout.required "c" 1 ]
      ~fields:[]
  in
  let limited = Fixed.between Int.compare 1 9 Fixed.u8 in
  let found body =
    let reader = Reader.make ~locates:true (Bytes.of_string body) ~offset:0 ~length:(String.length body) in
    let read reader =
      let start = Reader.block reader layout in
      let bytes = Reader.block_bytes reader in
      let a = Fixed.get limited bytes start in
      let b = Get.u8 bytes (start + 1) in
      let c = Fixed.get limited bytes (start + 2) in
      Reader.end_block reader layout;
      a + b + c
    in
    match Reader.message reader layout read with
    | sum -> string_of_int sum
    | exception Offence.Found offence ->
        Printf.sprintf "%s %d %s"
          (Error_code.to_string offence.code)
          offence.position (Offence.path offence "M")
  in
  Check.text "whole" "6" (found "\006\003\001\002\003");
  Check.text "offence" "OUT_OF_RANGE 4 M.c" (found "\006\003\001\002\000");
  Check.text "missing" "MISSING_FIELD 3 M.b" (found "\006\001\001");
  Check.text "offence before what is missing" "OUT_OF_RANGE 2 M.a"
    (found "\006\001\000");
  Check.text "missing and last" "MISSING_FIELD 4 M.c" (found "\006\002\001\002")

let depth () =
  let rec chain levels =
    { sample with next = (if levels = 1 then None else Some (chain (levels - 1))) }
  in
  let encoded = Sample.encode (chain 64) in
  Check.that "64 levels" (Result.is_ok encoded);
  let body = Result.get_ok encoded in
  Check.that "and back" (Sample.decode body = Ok (chain 64));
  (match Sample.encode (chain 65) with
  | Error { code = Depth_exceeded; _ } -> Check.that "65 levels" true
  | _ -> Check.that "65 levels" false);
  let inner = Sample.encode_exn (chain 64) in
  let header = Bytes.of_string "\x06\x02\x07\x00\x0e\x00\x16\xfe" in
  let size = Bytes.create 2 in
  Bytes.set_uint16_le size 0 (Bytes.length inner);
  match Sample.decode (Bytes.concat Bytes.empty [ header; size; inner ]) with
  | Error { code = Depth_exceeded; _ } -> Check.that "65 levels of bytes" true
  | other -> Check.text "65 levels of bytes" "DEPTH_EXCEEDED" (shown other)

let values () =
  let not_a_number = { sample with ratio = Float.nan } in
  Check.that "NaN equals itself" (Sample.equal not_a_number not_a_number);
  Check.that "hash"
    (Sample.hash sample = Sample.hash (Sample.decode_exn (Sample.encode_exn sample)));
  Check.that "order" (Sample.compare sample nested <> 0);
  Check.text "printed on one line"
    "Sample { id = 7; ratio = 0.5; name = <redacted>; next = Some Sample { id = 8; \
     ratio = 0.5; name = <redacted>; next = None } }"
    (Sample.to_string nested)

let registry () =
  let registry = Registry.make [ (module Sample) ] in
  Check.that "knows" (Registry.knows registry 1000 && not (Registry.knows registry 1));
  let frame = Result.get_ok (Sample.encode_frame nested) in
  let frame = Result.get_ok (Frame.decode ~knows:(Registry.knows registry) frame) in
  (match Registry.decode_frame registry frame with
  | Ok (Sample.Message found) -> Check.that "by type id" (found = nested)
  | _ -> Check.that "by type id" false);
  (match Registry.decode registry ~type_id:5 Bytes.empty with
  | Error { code = Unknown_type; _ } -> Check.that "unknown" true
  | _ -> Check.that "unknown" false);
  Check.raises_invalid "repeated" (fun () ->
      Registry.make [ (module Sample); (module Sample) ])

let run () =
  outputs ();
  refused_output ();
  short_blocks ();
  missing_limited_field ();
  depth ();
  values ();
  registry ()
