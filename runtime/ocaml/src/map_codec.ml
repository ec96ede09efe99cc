let nth_key_step index = Printf.sprintf "[#%d]" index

let[@inline] check_order previous key found reader =
  if Key.compare key previous found >= 0 then
    let start = Reader.position reader - Key.size key found in
    Offence.found Non_canonical start

(* The value of the entry that [name] begins, and all entries after it, while
   there is [room]: the stack is not for maps of any size. *)
let rec entries_from name room key read_value reader =
  Reader.spend reader 1;
  let value = read_value reader in
  if Reader.at_limit reader then [ (name, value) ]
  else
    let next = Key.read key reader in
    check_order name key next reader;
    if room = 0 then
      let reversed = reversed_entries next [] key read_value reader in
      (name, value) :: List.rev reversed
    else
      let rest = entries_from next (room - 1) key read_value reader in
      (name, value) :: rest

and reversed_entries name earlier key read_value reader =
  Reader.spend reader 1;
  let value = read_value reader in
  let entries = (name, value) :: earlier in
  if Reader.at_limit reader then entries
  else
    let next = Key.read key reader in
    check_order name key next reader;
    reversed_entries next entries key read_value reader

let entries_on_stack = 256

let entries key read_value reader =
  if Reader.at_limit reader then []
  else
    let name = Key.read key reader in
    entries_from name entries_on_stack key read_value reader

(* The same, each step checked in its turn and all offences located. *)

let located_key previous key reader =
  let found = Key.read key reader in
  Option.iter
    (fun previous -> check_order previous key found reader)
    previous;
  found

let located_entry previous index key read_value reader =
  let name =
    try located_key previous key reader
    with Offence.Found offence -> Offence.pass offence (nth_key_step index)
  in
  try (name, read_value reader)
  with Offence.Found offence -> Offence.pass offence (Key.step key name)

let rec located_entries least greatest key read_value reader entries count =
  let position = Reader.position reader in
  if Reader.at_limit reader then (
    if count < least then Offence.found Bound_exceeded position;
    List.rev entries)
  else (
    if count >= greatest then Offence.found Bound_exceeded position;
    Reader.spend reader 1;
    let previous =
      match entries with [] -> None | (name, _) :: _ -> Some name
    in
    let entry = located_entry previous count key read_value reader in
    located_entries least greatest key read_value reader (entry :: entries)
      (count + 1))

let decode_within least greatest key read_value reader =
  let limit = Reader.narrow reader in
  Reader.enter reader;
  let entries =
    if Reader.locates reader then
      located_entries least greatest key read_value reader [] 0
    else
      let entries = entries key read_value reader in
      if least > 0 || greatest < max_int then
        Decode.check_bound (List.length entries) least greatest
          (Reader.position reader);
      entries
  in
  Reader.leave reader;
  Reader.widen reader limit;
  entries

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

let write_entry key write_value writer name value =
  Writer.spend writer 1;
  Key.write key writer name;
  write_value writer value

let rec write_entries key write_value writer = function
  | [] -> ()
  | (name, value) :: rest ->
      write_entry key write_value writer name value;
      write_entries key write_value writer rest

(* The same, each step checked in its turn and all offences located. *)

let write_located_key previous key writer name =
  let start = Writer.length writer in
  (match previous with
  | Some before when Key.compare key before name = 0 ->
      Offence.found Non_canonical start
  | _ -> ());
  Key.write key writer name

let write_located_entries greatest key write_value writer entries =
  let write_entry (previous, index) (name, value) =
    if index >= greatest then
      Offence.found Bound_exceeded (Writer.length writer);
    Writer.spend writer 1;
    (try write_located_key previous key writer name
     with Offence.Found offence -> Offence.pass offence (nth_key_step index));
    (try write_value writer value
     with Offence.Found offence -> Offence.pass offence (Key.step key name));
    (Some name, index + 1)
  in
  ignore (List.fold_left write_entry (None, 0) entries)

let encode_within least greatest key write_value writer entries =
  let prefix = Writer.begin_value writer in
  Writer.enter writer;
  if Writer.locates writer || not (is_ascending key entries) then
    let ordered = in_wire_order key entries in
    write_located_entries greatest key write_value writer ordered
  else write_entries key write_value writer entries;
  Encode.check_bound writer (List.length entries) least greatest;
  Writer.leave writer;
  Writer.end_value writer prefix

let encode key write_value writer entries =
  encode_within 0 max_int key write_value writer entries
