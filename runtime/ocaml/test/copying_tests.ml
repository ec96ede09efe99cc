(* What is copied word by word, against what the standard library copies. *)

open Mycelium

let letters size = String.init size (fun index -> Char.chr (97 + (index mod 26)))

(* Every size at every distance from the end of the bytes. *)
let substrings () =
  let wrong = ref 0 in
  let bytes = Bytes.of_string (letters 64) in
  for start = 0 to 64 do
    for size = 0 to 64 - start do
      let expected = Bytes.sub_string bytes start size in
      if Word_copy.sub bytes start size <> expected then incr wrong;
      if Text.sub bytes start size <> expected then incr wrong
    done
  done;
  Check.int "substrings that differ" 0 !wrong

(* A reader of one value that lies at the end of its bytes, or before others. *)
let reader_of body ~behind =
  let bytes = Bytes.of_string (body ^ String.make behind 'z') in
  Reader.make ~locates:true bytes ~offset:0 ~length:(String.length body)

let encoded write value =
  let writer = Writer.make 1 in
  write writer value;
  Bytes.to_string (Writer.contents writer)

let outcome read reader =
  match read reader with
  | text -> if Reader.at_limit reader then text else "not all of it"
  | exception Offence.Found { code; position; _ } ->
      Printf.sprintf "%s at %d" (Error_code.to_string code) position

(* Texts of all sizes come back, also when they come a second and a third time:
   from then on they are known. *)
let texts_come_back () =
  let wrong = ref 0 in
  let come_back text behind =
    let body = encoded Encode.string text in
    for _ = 1 to 4 do
      if outcome Decode.string (reader_of body ~behind) <> text then incr wrong
    done
  in
  for size = 0 to 300 do
    List.iter
      (fun text -> List.iter (come_back text) [ 0; 1; 7; 8; 20 ])
      [ letters size; String.make size '\000'; String.make size '\x07' ]
  done;
  List.iter
    (fun text -> come_back text 16)
    [ "é"; "né"; "\u{1F600}"; "abc\u{7ff}é"; "12345678é"; letters 200 ^ "é" ];
  Check.int "texts that do not come back" 0 !wrong

let known_texts_are_shared () =
  let shared text =
    let body = encoded Encode.string text in
    let decoded () = Decode.string (reader_of body ~behind:16) in
    ignore (decoded ());
    ignore (decoded ());
    decoded () == decoded ()
  in
  let expected = Word.strings_are_words in
  Check.that "a short text" (shared "venue" = expected);
  Check.that "a longer one" (shared "limit-price" = expected);
  Check.that "not a long one" (not (shared (letters 16)));
  let bytes = Bytes.of_string "EURUSD\000\000" in
  let symbol () = Get.ascii 8 bytes 0 in
  ignore (symbol ());
  ignore (symbol ());
  Check.that "a symbol" (symbol () == symbol () = expected)

(* What is known as a text is not thereby a symbol, nor one of another length. *)
let known_texts_are_checked () =
  let known text =
    let body = encoded Encode.string text in
    for _ = 1 to 3 do
      ignore (Decode.string (reader_of body ~behind:16))
    done
  in
  known "a\tb";
  known "abc";
  let bytes = Bytes.of_string "a\tb\000\000\000\000\000" in
  Check.text "a symbol" "BAD_ASCII at 0"
    (outcome (fun _ -> Get.ascii 8 bytes 0) (reader_of "" ~behind:0));
  let short = reader_of "\003ab" ~behind:16 in
  Check.text "cut short" "TRUNCATED at 1" (outcome Decode.string short);
  let bounded = reader_of "\003abc" ~behind:16 in
  Check.text "too long" "BOUND_EXCEEDED at 1"
    (outcome (Decode.string_within 0 2) bounded);
  let malformed = reader_of "\003\xff\xff\xff" ~behind:16 in
  Check.text "too long comes before malformed" "BOUND_EXCEEDED at 1"
    (outcome (Decode.string_within 0 2) malformed)

let malformed_texts () =
  let wrong = ref 0 in
  for size = 1 to 40 do
    for place = 0 to size - 1 do
      let text = Bytes.of_string (letters size) in
      Bytes.set text place '\xff';
      let text = Bytes.to_string text in
      let body = encoded Encode.bytes text in
      if outcome Decode.string (reader_of body ~behind:9) <> "BAD_UTF8 at 1" then
        incr wrong;
      match encoded Encode.string text with
      | _ -> incr wrong
      | exception Offence.Found { code; _ } ->
          if code <> Bad_utf8 then incr wrong
    done
  done;
  Check.int "malformed texts that pass" 0 !wrong

let order_of_keys () =
  let wrong = ref 0 in
  let keys =
    [ ""; "a"; "a\000"; "a\000\000"; "ab"; "abcdefg"; "abcdefgh"; "abcdefgi";
      "abcdefghij"; "b"; "\x7f"; "\xff"; "\xffa" ]
  in
  let sign number = compare number 0 in
  let compared left right =
    if sign (Text.compare left right) <> sign (String.compare left right) then
      incr wrong
  in
  List.iter (fun left -> List.iter (compared left) keys) keys;
  Check.int "keys in another order" 0 !wrong

let arrays () =
  let wrong = ref 0 in
  let come_back codec make count =
    let values = Array.init count make in
    let body = encoded (Encode.packed codec) values in
    if Decode.packed codec (reader_of body ~behind:0) <> values then incr wrong
  in
  for count = 0 to 300 do
    come_back Fixed.u16 Fun.id count;
    come_back Fixed.f64 float_of_int count;
    come_back (Fixed.ascii 3) (fun index -> string_of_int (index mod 999)) count
  done;
  Check.int "packed lists that do not come back" 0 !wrong

(* More elements than any piece has, and more entries than the stack is for. *)
let collections () =
  let wrong = ref 0 in
  let come_back write read values =
    let body = encoded write values in
    let locating locates =
      let bytes = Bytes.of_string body in
      read (Reader.make ~locates bytes ~offset:0 ~length:(Bytes.length bytes))
    in
    if locating true <> values || locating false <> values then incr wrong
  in
  List.iter
    (fun count ->
      let texts = Array.init count string_of_int in
      let lists = Array.init count (fun index -> Array.make (index mod 3) index) in
      let entries = List.init count (fun index -> (index, letters (index mod 5))) in
      come_back (Encode.list Encode.string) (Decode.strings Decode.string) texts;
      come_back (Encode.list Encode.string) (Decode.list Decode.string) texts;
      come_back
        (Encode.list (Encode.packed Fixed.u16))
        (Decode.list (Decode.packed Fixed.u16))
        lists;
      come_back
        (Map_codec.encode Key.u16 Encode.string)
        (Map_codec.decode Key.u16 Decode.string)
        entries)
    [ 0; 1; 2; 3; 4; 5; 8; 9; 255; 256; 257; 258; 1000 ];
  Check.int "collections that do not come back" 0 !wrong

let run () =
  substrings ();
  texts_come_back ();
  known_texts_are_shared ();
  known_texts_are_checked ();
  malformed_texts ();
  order_of_keys ();
  arrays ();
  collections ()
