open Mycelium

let is_utf_8 text =
  (* Something else on both sides: the range alone must count. *)
  let bytes = Bytes.of_string ("\xff" ^ text ^ "\xff") in
  Text.is_utf_8 bytes 1 (String.length text)

let well_formed =
  [ ""; "a"; "abcdefgh"; "abcdefghi"; "\x7f"; "\xc2\x80"; "\xdf\xbf";
    "\xe0\xa0\x80"; "\xed\x9f\xbf"; "\xee\x80\x80"; "\xef\xbf\xbf";
    "\xf0\x90\x80\x80"; "\xf4\x8f\xbf\xbf"; "abcdefg\xc3\xa9"; "\000" ]

let malformed =
  [ "\x80"; "\xbf"; "\xc0\x80"; "\xc1\xbf"; "\xc2"; "\xc2a"; "\xe0\x9f\xbf";
    "\xe0\xa0"; "\xed\xa0\x80"; "\xed\xbf\xbf"; "\xef\xbf"; "\xf0\x8f\xbf\xbf";
    "\xf0\x90\x80"; "\xf4\x90\x80\x80"; "\xf5\x80\x80\x80"; "\xff";
    "abcdefgh\xc3"; "\xe2\x82a"; "\xf0\x9f\x98" ]

(* Every pair and many triples of bytes, against the definition by numbers. *)
let decodes_to_scalar text =
  let byte index = Char.code text.[index] in
  match String.length text with
  | 2 -> byte 0 lsr 5 = 6 && byte 1 lsr 6 = 2 && (byte 0 land 31) lsl 6 >= 0x80
  | 3 ->
      let scalar =
        ((byte 0 land 15) lsl 12)
        lor ((byte 1 land 63) lsl 6)
        lor (byte 2 land 63)
      in
      byte 0 lsr 4 = 14
      && byte 1 lsr 6 = 2
      && byte 2 lsr 6 = 2
      && scalar >= 0x800
      && (scalar < 0xd800 || scalar > 0xdfff)
  | _ -> false

let by_definition () =
  let wrong = ref 0 in
  let compare_with_definition text =
    if is_utf_8 text <> decodes_to_scalar text then incr wrong
  in
  for first = 0x80 to 0xff do
    for second = 0 to 0xff do
      let pair = Printf.sprintf "%c%c" (Char.chr first) (Char.chr second) in
      compare_with_definition pair;
      if first >= 0xe0 && first < 0xf0 then
        List.iter
          (fun third -> compare_with_definition (pair ^ third))
          [ "\x7f"; "\x80"; "\xbf"; "\xc0" ]
    done
  done;
  Check.int "sequences that differ from the definition" 0 !wrong

let ascii () =
  let get text = Get.ascii 4 (Bytes.of_string text) 0 in
  Check.text "padded" "ab" (get "ab\000\000");
  Check.text "full" "a b~" (get "a b~");
  Check.text "empty" "" (get "\000\000\000\000");
  let refused text =
    match get text with
    | _ -> false
    | exception Offence.Found { code = Bad_ascii; _ } -> true
  in
  List.iter
    (fun text -> Check.that (Printf.sprintf "refuses %S" text) (refused text))
    [ "a\000b\000"; "\000abc"; "ab\x1f\000"; "ab\x7f\000"; "ab\x80\000" ]

(* Eight bytes at a time find what one at a time finds: every length of text, with
   every interesting byte in every place, in fields of 3, 8 and 19 bytes. *)
let ascii_by_definition () =
  let length_of bytes start size =
    let padding = ref size in
    while !padding > 0 && Bytes.get bytes (start + !padding - 1) = '\000' do
      decr padding
    done;
    let text = Bytes.sub_string bytes start !padding in
    let printable character = character >= ' ' && character <= '~' in
    if String.for_all printable text then !padding else -1
  in
  let wrong = ref 0 in
  let compare_with_definition bytes size =
    if Text.ascii_length bytes 1 size <> length_of bytes 1 size then incr wrong
  in
  let interesting = [ 0; 1; 0x1f; 0x20; 0x61; 0x7e; 0x7f; 0x80; 0xff ] in
  let try_every_byte size length place =
    List.iter
      (fun byte ->
        let bytes = Bytes.make (size + 2) '\000' in
        Bytes.fill bytes 1 length 'x';
        Bytes.set_uint8 bytes (place + 1) byte;
        compare_with_definition bytes size)
      interesting
  in
  List.iter
    (fun size ->
      for length = 0 to size do
        for place = 0 to size - 1 do
          try_every_byte size length place
        done
      done)
    [ 3; 8; 19 ];
  Check.int "texts that differ from the definition" 0 !wrong

let hexadecimal () =
  let bytes = String.init 256 Char.chr in
  let show = function Some text -> String.escaped text | None -> "none" in
  Check.same show "hexadecimal" (Some bytes)
    (Hexadecimal.decode (Hexadecimal.encode bytes));
  Check.same show "upper case" (Some "\xab") (Hexadecimal.decode "AB");
  Check.same show "odd" None (Hexadecimal.decode "abc");
  Check.same show "no digit" None (Hexadecimal.decode "0g")

let floats () =
  let shown = Print.to_string Print.float in
  Check.text "shortest" "0.1" (shown 0.1);
  Check.text "exact" "0.30000000000000004" (shown (0.1 +. 0.2));
  Check.text "negative zero" "-0" (shown (-0.0));
  Check.text "not a number" "nan" (shown Float.nan)

let run () =
  List.iter
    (fun text -> Check.that (Printf.sprintf "%S is UTF-8" text) (is_utf_8 text))
    well_formed;
  List.iter
    (fun text ->
      Check.that (Printf.sprintf "%S is not UTF-8" text) (not (is_utf_8 text)))
    malformed;
  by_definition ();
  ascii ();
  ascii_by_definition ();
  hexadecimal ();
  floats ()
