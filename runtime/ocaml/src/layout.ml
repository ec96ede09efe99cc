type block_field = { name : string; size : int; default : string option }

let required name size = { name; size; default = None }

let defaulted name bytes =
  { name; size = String.length bytes; default = Some bytes }

type t = {
  block : (block_field * int) list;  (** Each with its start. *)
  block_size : int;
  defaults : string;
  fields : (int * string) list;
}

let with_starts block =
  let place (placed, start) field = ((field, start) :: placed, start + field.size) in
  let placed, size = List.fold_left place ([], 0) block in
  (List.rev placed, size)

let default_bytes field =
  Option.value field.default ~default:(String.make field.size '\000')

let message ~block ~fields =
  let defaults = String.concat "" (List.map default_bytes block) in
  let block, block_size = with_starts block in
  { block; block_size; defaults; fields }

let union variants = message ~block:[] ~fields:variants
let block_size layout = layout.block_size
let defaults layout = layout.defaults

let ends_at_field layout size =
  List.exists (fun (field, start) -> start + field.size = size) layout.block

let first_required_from layout distance =
  let is_missing (field, start) = start >= distance && field.default = None in
  Option.map
    (fun (field, _) -> field.name)
    (List.find_opt is_missing layout.block)

let rec name_at fields distance =
  match fields with
  | (name, _) :: ((_, next) :: _ as rest) ->
      if distance < next then name else name_at rest distance
  | [ (name, _) ] -> name
  | [] -> "?"

let block_field_at layout distance =
  let named (field, start) = (field.name, start) in
  name_at (List.map named layout.block) distance

let field_name layout tag = List.assoc tag layout.fields
let knows layout tag = List.mem_assoc tag layout.fields
