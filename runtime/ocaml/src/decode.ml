(* --- Texts and bytes --- *)

let[@inline] check_bound (count : int) least greatest position =
  if count < least || count > greatest then
    Offence.found Bound_exceeded position

let any_string least greatest reader =
  let size = Reader.length reader in
  check_bound size least greatest (Reader.position reader);
  let start = Reader.pass reader size in
  Text.sub (Reader.bytes reader) start size

(* [size] is at most 7, and the word at [start] lies within the bytes. *)
let new_short_string reader start size =
  let word = Word_copy.low_bytes size (Word.get (Reader.bytes reader) start) in
  if size = 0 || not (Text.is_ascii_word word) then
    any_string 0 max_int reader
  else
    let text = Word_copy.short_string size word in
    Recent_text.note_text word text;
    Reader.move_to reader (start + size);
    text

(* [size] is 8 to 15, and so are the two words at [start]. *)
let new_long_string reader start size =
  let bytes = Reader.bytes reader in
  let first = Word.get bytes start in
  let rest = size - 8 in
  let second = Word_copy.low_bytes rest (Word.get bytes (start + 8)) in
  if not (Text.is_ascii_word (Int64.logor first second)) then
    any_string 0 max_int reader
  else
    let text = Word_copy.sub bytes start size in
    Recent_text.note_long_text first second text;
    Reader.move_to reader (start + size);
    text

let long_string reader start size =
  let stop = start + size in
  if
    size > 15
    || start + 8 > Reader.last_word reader
    || stop > Reader.limit reader
  then any_string 0 max_int reader
  else
    let bytes = Reader.bytes reader in
    let first = Word.get bytes start in
    let rest = size - 8 in
    let second = Word_copy.low_bytes rest (Word.get bytes (start + 8)) in
    let filled = Word_copy.filled rest second in
    let text = Recent_text.long_text first second ~filled in
    if text == Recent_text.unknown then new_long_string reader start size
    else (
      Reader.move_to reader stop;
      text)

(* A text of up to 15 bytes, with its length before it, may be known already: then
   its content need not be looked at. *)
let string reader =
  let start = Reader.position reader + 1 in
  if (not Word.strings_are_words) || start > Reader.last_word reader then
    any_string 0 max_int reader
  else
    let bytes = Reader.bytes reader in
    let size = Word.get_8 bytes (start - 1) in
    let stop = start + size in
    if size > 7 then long_string reader start size
    else if stop > Reader.limit reader then any_string 0 max_int reader
    else
      let word = Word_copy.low_bytes size (Word.get bytes start) in
      let filled = Word_copy.filled size word in
      let text = Recent_text.text word ~filled in
      if text == Recent_text.unknown then new_short_string reader start size
      else (
        Reader.move_to reader stop;
        text)

(* Bounds come before content: they are compared with the length in its first
   byte, which is the length itself of any text that may be known. *)
let string_within least greatest reader =
  let prefix = Reader.position reader in
  if prefix >= Reader.limit reader then any_string least greatest reader
  else
    let size = Word.get_8 (Reader.bytes reader) prefix in
    if size > 15 || size < least || size > greatest then
      any_string least greatest reader
    else string reader

let bytes reader =
  let size = Reader.length reader in
  Word_copy.sub (Reader.bytes reader) (Reader.pass reader size) size

let bytes_within least greatest reader =
  let size = Reader.length reader in
  check_bound size least greatest (Reader.position reader);
  Word_copy.sub (Reader.bytes reader) (Reader.pass reader size) size

(* --- Values of fixed size --- *)

let[@inline] fixed_part codec reader =
  let start = Reader.take reader (Fixed.size codec) in
  Fixed.get codec (Reader.bytes reader) start

let sized_fixed codec reader =
  let length = Reader.length reader in
  let start = Reader.pass reader length in
  if length <> Fixed.size codec then Offence.found Bad_length start;
  Fixed.get codec (Reader.bytes reader) start

let[@inline] fixed codec reader =
  if Fixed.kind codec < 6 then fixed_part codec reader
  else sized_fixed codec reader

(* --- Variants --- *)

let variant read reader =
  Reader.expect_kind reader 6;
  read reader

let variant_fixed codec reader =
  Reader.expect_kind reader (Fixed.kind codec);
  fixed codec reader

(* --- Lists --- *)

let packed_within least greatest codec reader =
  let limit = Reader.narrow reader in
  Reader.enter reader;
  let start = Reader.position reader in
  let size = Reader.limit reader - start in
  let stride = Fixed.size codec in
  let count = size / stride in
  if count * stride <> size then Offence.found Bad_length start;
  check_bound count least greatest start;
  ignore (Reader.pass reader size);
  let values = Fixed.get_many codec (Reader.bytes reader) start count in
  Reader.leave reader;
  Reader.widen reader limit;
  values

let packed codec reader = packed_within 0 max_int codec reader
let index_step index = Printf.sprintf "[%d]" index

(* One to four elements. An array of known length is made at once, where one that
   is filled element by element costs a barrier for each. *)
let some_elements reader read =
  let first = read reader in
  if Reader.at_limit reader then [| first |]
  else
    let second = read reader in
    if Reader.at_limit reader then [| first; second |]
    else
      let third = read reader in
      if Reader.at_limit reader then [| first; second; third |]
      else
        let fourth = read reader in
        [| first; second; third; fourth |]

(* As some_elements, where the compiler knows that the array is not one of
   floats, so that it need not be looked at. *)
let some_strings reader (read : Reader.t -> string) =
  let first = read reader in
  if Reader.at_limit reader then [| first |]
  else
    let second = read reader in
    if Reader.at_limit reader then [| first; second |]
    else
      let third = read reader in
      if Reader.at_limit reader then [| first; second; third |]
      else
        let fourth = read reader in
        [| first; second; third; fourth |]

let rec more_elements some reader read earlier =
  if Reader.at_limit reader then Array.concat (List.rev earlier)
  else
    let elements = some reader read in
    Reader.spend reader (Array.length elements);
    more_elements some reader read (elements :: earlier)

let[@inline] elements some reader read =
  if Reader.at_limit reader then [||]
  else
    let elements = some reader read in
    Reader.spend reader (Array.length elements);
    if Reader.at_limit reader then elements
    else more_elements some reader read [ elements ]

(* The same, each step checked in its turn and all offences located. *)
let rec located_elements least greatest reader read values count =
  let position = Reader.position reader in
  if Reader.at_limit reader then (
    if count < least then Offence.found Bound_exceeded position;
    Array.of_list (List.rev values))
  else (
    if count >= greatest then Offence.found Bound_exceeded position;
    Reader.spend reader 1;
    let value =
      try read reader
      with Offence.Found offence -> Offence.pass offence (index_step count)
    in
    located_elements least greatest reader read (value :: values) (count + 1))

let[@inline] list_of some least greatest read reader =
  let limit = Reader.narrow reader in
  Reader.enter reader;
  let values =
    if Reader.locates reader then
      located_elements least greatest reader read [] 0
    else elements some reader read
  in
  check_bound (Array.length values) least greatest (Reader.position reader);
  Reader.leave reader;
  Reader.widen reader limit;
  values

let list_within least greatest read reader =
  list_of some_elements least greatest read reader

let list read reader = list_within 0 max_int read reader

let strings_within least greatest read reader =
  list_of some_strings least greatest read reader

let strings read reader = strings_within 0 max_int read reader
