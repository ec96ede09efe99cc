type t = string

let size = 16
let nil = String.make size '\000'
let of_bytes bytes = if String.length bytes = size then Some bytes else None
let to_bytes uuid = uuid

let get bytes position =
  let uuid = Bytes.create size in
  Word.set uuid 0 (Word.get bytes position);
  Word.set uuid 8 (Word.get bytes (position + 8));
  Bytes.unsafe_to_string uuid

let set bytes position uuid =
  let uuid = Bytes.unsafe_of_string uuid in
  Word.set bytes position (Word.get uuid 0);
  Word.set bytes (position + 8) (Word.get uuid 8)

(* Where the hyphens of the text form are. *)
let is_hyphen index = index = 8 || index = 13 || index = 18 || index = 23

let hyphens_in_place text =
  let in_place = ref (String.length text = 36) in
  String.iteri
    (fun index character ->
      in_place := !in_place && character = '-' = is_hyphen index)
    text;
  !in_place

let of_string text =
  if not (hyphens_in_place text) then None
  else Hexadecimal.decode (String.concat "" (String.split_on_char '-' text))

let of_string_exn text =
  match of_string text with
  | Some uuid -> uuid
  | None -> invalid_arg ("Mycelium.Uuid.of_string: " ^ text)

let to_string uuid =
  let digits = Hexadecimal.encode uuid in
  let part start length = String.sub digits start length in
  String.concat "-" [ part 0 8; part 8 4; part 12 4; part 16 4; part 20 12 ]

let equal = String.equal
let compare = String.compare
let hash (uuid : t) = Hashtbl.hash uuid
let pp formatter uuid = Format.pp_print_string formatter (to_string uuid)
