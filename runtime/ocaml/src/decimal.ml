type t = { mantissa : int64; scale : int }

let maximum_scale = 18

let make ~mantissa ~scale =
  if scale < 0 || scale > maximum_scale then
    invalid_arg "Mycelium.Decimal.make: scale outside 0..18";
  { mantissa; scale }

(* 10 ^ exponent, for 0..18: all of them fit. *)
let rec power_of_ten exponent =
  if exponent = 0 then 1L else Int64.mul 10L (power_of_ten (exponent - 1))

let is_digits text =
  let is_digit character = character >= '0' && character <= '9' in
  let only_digits = ref (text <> "") in
  String.iter (fun c -> only_digits := !only_digits && is_digit c) text;
  !only_digits

let of_parts sign whole fraction =
  let scale = String.length fraction in
  if scale > maximum_scale || not (is_digits (whole ^ fraction)) then None
  else
    match Int64.of_string_opt (sign ^ whole ^ fraction) with
    | Some mantissa -> Some { mantissa; scale }
    | None -> None

let of_string text =
  let unsigned_from start = String.sub text start (String.length text - start) in
  let sign, digits =
    if text <> "" && text.[0] = '-' then ("-", unsigned_from 1) else ("", text)
  in
  match String.split_on_char '.' digits with
  | [ whole ] when whole <> "" -> of_parts sign whole ""
  | [ whole; fraction ] when whole <> "" && fraction <> "" ->
      of_parts sign whole fraction
  | _ -> None

let of_string_exn text =
  match of_string text with
  | Some number -> number
  | None -> invalid_arg ("Mycelium.Decimal.of_string: " ^ text)

let to_string { mantissa; scale } =
  if scale = 0 then Int64.to_string mantissa
  else
    let sign = if Int64.compare mantissa 0L < 0 then "-" else "" in
    (* The bits of the absolute value, even of the least int64. *)
    let absolute = Int64.abs mantissa in
    let divisor = power_of_ten scale in
    Printf.sprintf "%s%Lu.%0*Lu" sign
      (Int64.unsigned_div absolute divisor)
      scale
      (Int64.unsigned_rem absolute divisor)

let to_float { mantissa; scale } =
  Int64.to_float mantissa /. Int64.to_float (power_of_ten scale)

let rescale number ~scale =
  if scale = number.scale then Some number
  else if scale < 0 || scale > maximum_scale then None
  else if scale < number.scale then
    let divisor = power_of_ten (number.scale - scale) in
    if Int64.rem number.mantissa divisor <> 0L then None
    else Some { mantissa = Int64.div number.mantissa divisor; scale }
  else
    let factor = power_of_ten (scale - number.scale) in
    let mantissa = Int64.mul number.mantissa factor in
    if Int64.div mantissa factor = number.mantissa then Some { mantissa; scale }
    else None

(* Whole part and fraction in units of 10 ^ -18, both with the number's sign:
   in this form numbers of any scale compare part by part. *)
let parts { mantissa; scale } =
  let divisor = power_of_ten scale in
  let fraction = Int64.rem mantissa divisor in
  ( Int64.div mantissa divisor,
    Int64.mul fraction (power_of_ten (maximum_scale - scale)) )

let compare_parts left right =
  let left_whole, left_fraction = parts left in
  let right_whole, right_fraction = parts right in
  match Int64.compare left_whole right_whole with
  | 0 -> Int64.compare left_fraction right_fraction
  | order -> order

let compare left right =
  if left.scale = right.scale then Int64.compare left.mantissa right.mantissa
  else compare_parts left right

let equal left right = compare left right = 0
let hash number = Hashtbl.hash (parts number)
let pp formatter number = Format.pp_print_string formatter (to_string number)
