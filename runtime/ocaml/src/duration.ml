type t = int64

let of_nanoseconds nanoseconds = nanoseconds
let to_nanoseconds duration = duration
let equal = Int64.equal
let compare = Int64.compare
let hash (duration : t) = Hashtbl.hash duration
let to_string duration = Printf.sprintf "%Ldns" duration
let pp formatter duration = Format.pp_print_string formatter (to_string duration)
