(* An array written as a literal is made at once. One that is made first and then
   filled costs its first filling, and a barrier for each element. *)

let get_three get stride bytes start count =
  let first = get bytes start in
  if count = 1 then [| first |]
  else
    let second = get bytes (start + stride) in
    if count = 2 then [| first; second |]
    else
      let third = get bytes (start + (2 * stride)) in
      [| first; second; third |]

let get_four get stride bytes start =
  let first = get bytes start in
  let second = get bytes (start + stride) in
  let third = get bytes (start + (2 * stride)) in
  let fourth = get bytes (start + (3 * stride)) in
  [| first; second; third; fourth |]

let rec pieces get get_four stride bytes start count =
  if count >= 4 then
    let piece = get_four bytes start in
    let start = start + (4 * stride) in
    piece :: pieces get get_four stride bytes start (count - 4)
  else if count > 0 then [ get_three get stride bytes start count ]
  else []

let filled get stride bytes start count =
  let values = Array.make count (get bytes start) in
  for index = 1 to count - 1 do
    Array.unsafe_set values index (get bytes (start + (index * stride)))
  done;
  values

(* Longer arrays do not lie where the young values do: then pieces save nothing. *)
let longest_of_pieces = 256

let get_many ~get ~get_four ~stride bytes start count =
  if count > longest_of_pieces then filled get stride bytes start count
  else
    match pieces get get_four stride bytes start count with
    | [] -> [||]
    | [ values ] -> values
    | pieces -> Array.concat pieces
