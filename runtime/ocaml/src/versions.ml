type direction = Neither | Reads | Is_read_by | Both

type known = {
  version : string;
  wire_digest : int64;
  direction : direction;
  differences : string;
}

type history = { version : string; same : string; known : known list }

type peer = {
  wire_digest : int64;
  version : string option;
  accepted : (int64 * direction) list;
}

type compatibility = Exact | Compatible | Incompatible
type verdict = { compatibility : compatibility; message : string Lazy.t }

let unreleased = "unreleased"
let empty = { version = unreleased; same = ""; known = [] }

let find history wire_digest =
  let has_digest (known : known) = Int64.equal known.wire_digest wire_digest in
  List.find_opt has_digest history.known

let accepted history =
  let vouched (known : known) =
    if known.direction = Neither then None
    else Some (known.wire_digest, known.direction)
  in
  List.filter_map vouched history.known

let peer ?version ?(accepted = []) wire_digest =
  { wire_digest; version; accepted }

(* Directions as sets of the two ways data can flow. *)

let reads = function Reads | Both -> true | Neither | Is_read_by -> false
let is_read_by = function Is_read_by | Both -> true | Neither | Reads -> false

let direction ~reads ~is_read_by =
  match (reads, is_read_by) with
  | false, false -> Neither
  | true, false -> Reads
  | false, true -> Is_read_by
  | true, true -> Both

let either left right =
  direction
    ~reads:(reads left || reads right)
    ~is_read_by:(is_read_by left || is_read_by right)

let without left right =
  direction
    ~reads:(reads left && not (reads right))
    ~is_read_by:(is_read_by left && not (is_read_by right))

let reversed side = direction ~reads:(is_read_by side) ~is_read_by:(reads side)

(* Sentences. *)

(* Whether a name that a peer gave may stand in a line of a log. *)
let is_plain version =
  let is_graphic character = character > ' ' && character <= '~' in
  let length = String.length version in
  1 <= length && length <= 32
  && Seq.fold_left
       (fun plain character -> plain && is_graphic character)
       true (String.to_seq version)

(* How a sentence names a version, of which "" is not known. *)
let described version wire_digest =
  let name =
    if version = "" then "an unknown version"
    else if version = unreleased then "an unreleased version"
    else "version " ^ version
  in
  Printf.sprintf "%s (wire digest %016Lx)" name wire_digest

let can_flow = function
  | Neither -> "nothing flows"
  | Reads -> "this side reads what the peer writes"
  | Is_read_by -> "the peer reads what this side writes"
  | Both -> "each side reads what the other writes"

let cannot_flow = function
  | Neither -> "nothing flows"
  | Reads -> "this side cannot read what the peer writes"
  | Is_read_by -> "the peer cannot read what this side writes"
  | Both -> "neither side can read what the other writes"

(* Which history vouches for the whole flow. *)
let voucher ~here ~there flow =
  if flow = Neither then ""
  else if without flow here = Neither then ", as the history here says"
  else if without flow there = Neither then ", as the peer's history says"
  else ", as both histories together say"

let vouched_by_peer wire_digest peer =
  let about_us = List.filter (fun (digest, _) -> Int64.equal digest wire_digest) in
  match about_us peer.accepted with
  | [] -> None
  | entries ->
      let add vouched (_, side) = either vouched (reversed side) in
      Some (List.fold_left add Neither entries)

let verdict ~name ~wire_digest history peer flow =
  let known = find history peer.wire_digest in
  let vouched_there = vouched_by_peer wire_digest peer in
  let here = Option.fold known ~none:Neither ~some:(fun known -> known.direction) in
  let there = Option.value vouched_there ~default:Neither in
  let missing = without flow (either here there) in
  let is_exact = Int64.equal peer.wire_digest wire_digest in
  let compatibility =
    if is_exact then Exact
    else if missing = Neither then Compatible
    else Incompatible
  in
  let peer_version () =
    match (peer.version, known) with
    | Some version, _ when is_plain version -> version
    | _ when is_exact -> history.same
    | _, Some { version; _ } -> version
    | _, None -> ""
  in
  let differences () =
    match known with
    | None | Some { differences = ""; _ } -> ""
    | Some { differences; _ } ->
        "; from the peer's version to this one: " ^ differences
  in
  let sentence () =
    match compatibility with
    | Exact -> "the same on the wire"
    | Compatible ->
        can_flow flow ^ voucher ~here ~there flow ^ differences ()
    | Incompatible when known <> None || vouched_there <> None ->
        cannot_flow missing ^ differences ()
        ^ "; generate both sides from versions that read each other"
    | Incompatible ->
        Printf.sprintf
          "no history says that %s; record both versions in one lock \
           and generate again, or give both sides the same version"
          (can_flow missing)
  in
  let message =
    lazy
      (Printf.sprintf "%s: %s here, %s at the peer: %s" name
         (described history.version wire_digest)
         (described (peer_version ()) peer.wire_digest)
         (sentence ()))
  in
  { compatibility; message }
