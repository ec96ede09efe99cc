type t = int64

let maximum = -1L

let of_string text =
  let is_digit character = character >= '0' && character <= '9' in
  let only_digits = ref (text <> "") in
  String.iter (fun c -> only_digits := !only_digits && is_digit c) text;
  if !only_digits then Int64.of_string_opt ("0u" ^ text) else None

let to_string value = Printf.sprintf "%Lu" value
let of_int number = if number < 0 then None else Some (Int64.of_int number)
let to_int = Int64.unsigned_to_int
let compare = Int64.unsigned_compare
let div = Int64.unsigned_div
let rem = Int64.unsigned_rem
let pp formatter value = Format.pp_print_string formatter (to_string value)
