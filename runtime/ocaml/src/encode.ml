(* --- Fields and variants --- *)

let field writer tag write value =
  Writer.header writer tag 6;
  Writer.sized writer write value

let field_fixed writer tag codec value =
  let kind = Fixed.kind codec in
  Writer.header writer tag kind;
  if kind = 6 then Writer.length_prefix writer (Fixed.size codec);
  Writer.fixed writer codec value

let optional writer tag write = function
  | Some value -> field writer tag write value
  | None -> ()

let optional_fixed writer tag codec = function
  | Some value -> field_fixed writer tag codec value
  | None -> ()

(* --- Texts and bytes --- *)

let[@inline] check_bound writer (count : int) least greatest =
  if count < least || count > greatest then
    Offence.found Bound_exceeded (Writer.length writer)

let bytes_within least greatest writer value =
  check_bound writer (String.length value) least greatest;
  Writer.string writer value

let string_within least greatest writer value =
  let size = String.length value in
  check_bound writer size least greatest;
  if not (Text.is_utf_8 (Bytes.unsafe_of_string value) 0 size) then
    Offence.found Bad_utf8 (Writer.length writer);
  Writer.string writer value

let bytes writer value = Writer.string writer value
let string writer value = string_within 0 max_int writer value

(* --- Lists --- *)

let index_step index = Printf.sprintf "[%d]" index

let packed_within least greatest codec writer values =
  Writer.enter writer;
  let count = Array.length values in
  check_bound writer count least greatest;
  let start = Writer.reserve writer (count * Fixed.size codec) in
  Fixed.set_many codec (Writer.bytes writer) start values;
  Writer.leave writer

let packed codec writer values = packed_within 0 max_int codec writer values

let list_within least greatest write writer values =
  Writer.enter writer;
  let element index value =
    if index >= greatest then
      Offence.found Bound_exceeded (Writer.length writer);
    Writer.spend writer;
    try Writer.sized writer write value
    with Offence.Found offence -> Offence.pass offence (index_step index)
  in
  Array.iteri element values;
  check_bound writer (Array.length values) least greatest;
  Writer.leave writer

let list write writer values = list_within 0 max_int write writer values
