let value read reader = Reader.sized reader read

let fixed_value codec reader =
  let start = Reader.take reader (Fixed.size codec) in
  Fixed.get codec (Reader.bytes reader) start

let write_value write writer value = Writer.sized writer write value
let write_fixed_value codec writer value = Writer.fixed writer codec value
let nth_key_step index = Printf.sprintf "[#%d]" index

(* Reads a key, which must come after the one before. *)
let key_after previous key reader =
  let found = Key.read key reader in
  (match previous with
  | Some before when Key.compare key before found >= 0 ->
      let start = Reader.position reader - Key.size key found in
      Offence.found Non_canonical start
  | _ -> ());
  found

let decode_within least greatest key read_value reader =
  let previous = ref None in
  let read_key index =
    try key_after !previous key reader
    with Offence.Found offence -> Offence.pass offence (nth_key_step index)
  in
  let read_entry index =
    let name = read_key index in
    previous := Some name;
    try (name, read_value reader)
    with Offence.Found offence -> Offence.pass offence (Key.step key name)
  in
  List.rev (Decode.counted least greatest reader read_entry)

let decode key read_value reader =
  decode_within 0 max_int key read_value reader

let is_ascending key entries =
  let rec after previous = function
    | [] -> true
    | (name, _) :: rest -> Key.compare key previous name < 0 && after name rest
  in
  match entries with [] -> true | (name, _) :: rest -> after name rest

(* Sorted; keys that repeat stay side by side. *)
let in_wire_order key entries =
  if is_ascending key entries then entries
  else
    let by_key (left, _) (right, _) = Key.compare key left right in
    List.stable_sort by_key entries

let write_key previous key writer name =
  let start = Writer.length writer in
  (match previous with
  | Some before when Key.compare key before name = 0 ->
      Offence.found Non_canonical start
  | _ -> ());
  Key.write key writer name

let encode_within least greatest key write_value writer entries =
  Writer.enter writer;
  let write_entry (previous, index) (name, value) =
    if index >= greatest then
      Offence.found Bound_exceeded (Writer.length writer);
    Writer.spend writer;
    (try write_key previous key writer name
     with Offence.Found offence -> Offence.pass offence (nth_key_step index));
    (try write_value writer value
     with Offence.Found offence -> Offence.pass offence (Key.step key name));
    (Some name, index + 1)
  in
  let ordered = in_wire_order key entries in
  let _, count = List.fold_left write_entry (None, 0) ordered in
  Encode.check_bound writer count least greatest;
  Writer.leave writer

let encode key write_value writer entries =
  encode_within 0 max_int key write_value writer entries
