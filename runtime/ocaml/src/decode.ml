(* --- Fields --- *)

let required reader tag read =
  Reader.require reader tag 6;
  Reader.sized reader read

let optional reader tag read =
  if Reader.find reader tag 6 then Some (Reader.sized reader read) else None

let defaulted reader tag read default =
  if Reader.find reader tag 6 then Reader.sized reader read else default

(* The value of an element of fixed size, after its header. *)
let fixed reader codec =
  let size = Fixed.size codec in
  if Fixed.kind codec < 6 then
    Fixed.get codec (Reader.bytes reader) (Reader.take reader size)
  else
    let length = Reader.length reader in
    let start = Reader.take reader length in
    if length <> size then Offence.found Bad_length start;
    Fixed.get codec (Reader.bytes reader) start

let required_fixed reader tag codec =
  Reader.require reader tag (Fixed.kind codec);
  fixed reader codec

let optional_fixed reader tag codec =
  if Reader.find reader tag (Fixed.kind codec) then Some (fixed reader codec)
  else None

let defaulted_fixed reader tag codec default =
  if Reader.find reader tag (Fixed.kind codec) then fixed reader codec
  else default

(* --- Variants --- *)

let variant reader read =
  Reader.expect_kind reader 6;
  Reader.sized reader read

let variant_fixed reader codec =
  Reader.expect_kind reader (Fixed.kind codec);
  fixed reader codec

(* --- Texts and bytes --- *)

let[@inline] check_bound (count : int) least greatest position =
  if count < least || count > greatest then
    Offence.found Bound_exceeded position

let bytes_within least greatest reader =
  let start = Reader.position reader in
  let size = Reader.take_rest reader in
  check_bound size least greatest start;
  Bytes.sub_string (Reader.bytes reader) start size

let string_within least greatest reader =
  let start = Reader.position reader in
  let size = Reader.take_rest reader in
  check_bound size least greatest start;
  if not (Text.is_utf_8 (Reader.bytes reader) start size) then
    Offence.found Bad_utf8 start;
  Bytes.sub_string (Reader.bytes reader) start size

let bytes reader = bytes_within 0 max_int reader
let string reader = string_within 0 max_int reader

(* --- Lists --- *)

let index_step index = Printf.sprintf "[%d]" index

let packed_within least greatest codec reader =
  Reader.enter reader;
  let start = Reader.position reader in
  let size = Reader.take_rest reader in
  let stride = Fixed.size codec in
  if size mod stride <> 0 then Offence.found Bad_length start;
  check_bound (size / stride) least greatest start;
  let bytes = Reader.bytes reader in
  let values = Fixed.get_many codec bytes start (size / stride) in
  Reader.leave reader;
  values

let packed codec reader = packed_within 0 max_int codec reader

(* Reads to the limit what [read_next count] reads, and gives it in reverse. *)
let counted least greatest reader read_next =
  Reader.enter reader;
  let rec read_from count values =
    let position = Reader.position reader in
    if Reader.at_limit reader then (
      if count < least then Offence.found Bound_exceeded position;
      values)
    else (
      if count >= greatest then Offence.found Bound_exceeded position;
      Reader.spend reader;
      read_from (count + 1) (read_next count :: values))
  in
  let values = read_from 0 [] in
  Reader.leave reader;
  values

let list_within least greatest read reader =
  let element index =
    try Reader.sized reader read
    with Offence.Found offence -> Offence.pass offence (index_step index)
  in
  let reversed = counted least greatest reader element in
  Array.of_list (List.rev reversed)

let list read reader = list_within 0 max_int read reader
