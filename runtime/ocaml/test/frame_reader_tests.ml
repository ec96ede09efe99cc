open Mycelium

let frame ?envelope type_id body =
  Result.get_ok (Frame.encode ?envelope ~type_id (Bytes.of_string body))

let shown = function
  | Ok None -> "none"
  | Ok (Some (frame : Frame.t)) ->
      Printf.sprintf "%d:%s" frame.type_id (Bytes.to_string (Frame.body frame))
  | Error { Decode_error.code; offset; _ } ->
      Printf.sprintf "%s %d" (Error_code.to_string code) offset

(* Everything the reader gives before it wants more, in order. *)
let rec drain reader =
  match Frame_reader.next reader with
  | Ok None -> []
  | Error { code = Unknown_type; _ } as result -> shown result :: drain reader
  | Error _ as result -> [ shown result ]
  | result ->
      let first = shown result in
      first :: drain reader

let stream =
  Bytes.concat Bytes.empty
    [
      frame 1 "one";
      frame ~envelope:(Envelope.make ~source:7 ()) 2 "two";
      frame 3 "";
      frame 4 (String.make 300 'x');
    ]

let expected = [ "1:one"; "2:two"; "3:"; "4:" ^ String.make 300 'x' ]
let text = String.concat ", "

let in_pieces size =
  let reader = Frame_reader.make () in
  let rec feed offset seen =
    if offset >= Bytes.length stream then seen
    else
      let length = min size (Bytes.length stream - offset) in
      Frame_reader.feed reader ~offset ~length stream;
      let frames = drain reader in
      feed (offset + length) (seen @ frames)
  in
  let frames = feed 0 [] in
  Check.text (Printf.sprintf "pieces of %d" size) (text expected) (text frames);
  Check.int "nothing waits" 0 (Frame_reader.waiting reader)

let unknown_types () =
  let reader = Frame_reader.make ~knows:(fun id -> id <> 2) () in
  Frame_reader.feed reader stream;
  Check.text "unknown types are passed over"
    (text [ "1:one"; "UNKNOWN_TYPE 0"; "3:"; "4:" ^ String.make 300 'x' ])
    (text (drain reader))

let final_errors () =
  let reader = Frame_reader.make ~limit:100 () in
  Frame_reader.feed reader stream;
  Check.text "too large"
    (text [ "1:one"; "2:two"; "3:"; "FRAME_TOO_LARGE 4" ])
    (text (drain reader));
  Check.text "and again" "FRAME_TOO_LARGE 4" (shown (Frame_reader.next reader));
  let refused claim expected header =
    let reader = Frame_reader.make () in
    Frame_reader.feed reader (Bytes.of_string header);
    Check.text claim expected (shown (Frame_reader.next reader))
  in
  refused "version" "BAD_VERSION 3" "\001\000\000\002\000\000\000\000";
  refused "flags" "BAD_FLAGS 2" "\001\000\002\001\000\000\000\000";
  refused "no room for the envelope" "TRUNCATED 4" "\001\000\001\001\000\000\000\000";
  refused "a header alone waits" "none" "\001\000\000\001\005\000\000\000"

let claims_allocate_nothing () =
  let reader = Frame_reader.make () in
  Frame_reader.feed reader (Bytes.of_string "\001\000\000\001\000\000\xff\000");
  Check.text "nearly 16 MiB to come" "none" (shown (Frame_reader.next reader));
  Check.that "but not yet allocated" (Obj.reachable_words (Obj.repr reader) < 2000);
  Check.int "only what was fed" 8 (Frame_reader.waiting reader)

(* A megabyte in small pieces and 20,000 frames at once: both end at once if each
   byte is moved a bounded number of times, and not within minutes if not. *)
let linear_time () =
  let body = String.make 1_000_000 'x' in
  let bytes = frame 1 body in
  let reader = Frame_reader.make () in
  Bytes.iteri
    (fun offset _ -> Frame_reader.feed reader ~offset ~length:1 bytes)
    bytes;
  Check.text "byte by byte" ("1:" ^ body) (shown (Frame_reader.next reader));
  let small = frame 1 "x" in
  let many = Bytes.concat Bytes.empty (List.init 20_000 (fun _ -> small)) in
  Frame_reader.feed reader many;
  let rec count frames =
    match Frame_reader.next reader with
    | Ok (Some _) -> count (frames + 1)
    | _ -> frames
  in
  Check.int "many at once" 20_000 (count 0)

let run () =
  List.iter in_pieces [ 1; 2; 7; 8; 9; 64; 65; 1000 ];
  unknown_types ();
  final_errors ();
  claims_allocate_nothing ();
  linear_time ()
