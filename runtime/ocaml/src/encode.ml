(* --- Texts and bytes --- *)

let[@inline] check_bound writer (count : int) least greatest =
  if count < least || count > greatest then
    Offence.found Bound_exceeded (Writer.length writer)

let[@inline] sized_string writer value size =
  let start = Writer.reserve_sized writer size in
  Text.blit value size (Writer.bytes writer) start

let string writer value = sized_string writer value (String.length value)

let string_within least greatest writer value =
  let size = String.length value in
  check_bound writer size least greatest;
  sized_string writer value size

let bytes writer value =
  Writer.length_prefix writer (String.length value);
  Writer.string writer value

let bytes_within least greatest writer value =
  check_bound writer (String.length value) least greatest;
  bytes writer value

(* --- Values of fixed size --- *)

let[@inline] fixed_part codec writer value = Writer.fixed writer codec value

let[@inline] fixed codec writer value =
  if Fixed.kind codec = 6 then Writer.length_prefix writer (Fixed.size codec);
  Writer.fixed writer codec value

(* --- Fields and variants --- *)

let[@inline] field writer tag write value =
  Writer.header writer tag 6;
  write writer value

let field_fixed writer tag codec value =
  Writer.header writer tag (Fixed.kind codec);
  fixed codec writer value

let[@inline] optional writer tag write = function
  | Some value -> field writer tag write value
  | None -> ()

let[@inline] optional_fixed writer tag codec = function
  | Some value -> field_fixed writer tag codec value
  | None -> ()

(* --- Lists --- *)

let index_step index = Printf.sprintf "[%d]" index

let packed_within least greatest codec writer values =
  let count = Array.length values in
  let size = count * Fixed.size codec in
  Writer.enter writer;
  check_bound writer count least greatest;
  let start = Writer.reserve_sized writer size in
  Fixed.set_many codec (Writer.bytes writer) start values;
  Writer.leave writer

let packed codec writer values = packed_within 0 max_int codec writer values

let write_elements write writer values =
  Writer.spend writer (Array.length values);
  for index = 0 to Array.length values - 1 do
    write writer (Array.unsafe_get values index)
  done

(* The same, each step checked in its turn and all offences located. *)
let write_located_elements greatest write writer values =
  let write_element index value =
    if index >= greatest then
      Offence.found Bound_exceeded (Writer.length writer);
    Writer.spend writer 1;
    try write writer value
    with Offence.Found offence -> Offence.pass offence (index_step index)
  in
  Array.iteri write_element values

let list_within least greatest write writer values =
  let prefix = Writer.begin_value writer in
  Writer.enter writer;
  if Writer.locates writer then
    write_located_elements greatest write writer values
  else write_elements write writer values;
  check_bound writer (Array.length values) least greatest;
  Writer.leave writer;
  Writer.end_value writer prefix

let list write writer values = list_within 0 max_int write writer values
