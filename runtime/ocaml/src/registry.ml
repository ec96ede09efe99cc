type t = (module Message.FRAMED) array

let type_id (module M : Message.FRAMED) = M.type_id
let by_type_id left right = Int.compare (type_id left) (type_id right)

let refuse_repeated (module Before : Message.FRAMED) (module M : Message.FRAMED) =
  if Before.type_id = M.type_id then
    invalid_arg
      (Printf.sprintf "Mycelium.Registry.make: %s and %s both have type id %d"
         Before.name M.name M.type_id)

let make messages =
  let registry = Array.of_list messages in
  Array.stable_sort by_type_id registry;
  for index = 1 to Array.length registry - 1 do
    refuse_repeated registry.(index - 1) registry.(index)
  done;
  registry

let messages = Array.to_list

let find registry wanted =
  let rec between low high =
    if low >= high then None
    else
      let middle = (low + high) / 2 in
      let message = registry.(middle) in
      match Int.compare wanted (type_id message) with
      | 0 -> Some message
      | order when order < 0 -> between low middle
      | _ -> between (middle + 1) high
  in
  between 0 (Array.length registry)

let knows registry type_id = Option.is_some (find registry type_id)

let decode registry ~type_id ?offset ?length bytes =
  match find registry type_id with
  | None -> Error { Decode_error.code = Unknown_type; offset = 0; path = "Frame" }
  | Some (module M) ->
      let any message = M.Message message in
      Result.map any (M.decode ?offset ?length bytes)

let decode_frame registry { Frame.type_id; bytes; offset; length; _ } =
  decode registry ~type_id ~offset ~length bytes
