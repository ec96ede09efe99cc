type 'a t = Format.formatter -> 'a -> unit

let bool = Format.pp_print_bool
let int = Format.pp_print_int
let int64 formatter value = Format.pp_print_string formatter (Int64.to_string value)

let float formatter value =
  let short = Printf.sprintf "%.15g" value in
  let reads_back = float_of_string short = value || Float.is_nan value in
  Format.pp_print_string formatter
    (if reads_back then short else Printf.sprintf "%.17g" value)

let string formatter value = Format.fprintf formatter "%S" value

let bytes formatter value =
  Format.pp_print_string formatter (Hexadecimal.encode value)

let option print formatter = function
  | Some value -> Format.fprintf formatter "@[<hov 2>Some@ %a@]" print value
  | None -> Format.pp_print_string formatter "None"

let semicolon formatter () = Format.fprintf formatter ";@ "

let array print formatter values =
  let elements = Format.pp_print_seq ~pp_sep:semicolon print in
  Format.fprintf formatter "@[<hov 2>[%a]@]" elements (Array.to_seq values)

let map print_key print_value formatter entries =
  let entry formatter (key, value) =
    Format.fprintf formatter "@[<hov 2>%a:@ %a@]" print_key key print_value value
  in
  let all = Format.pp_print_list ~pp_sep:semicolon entry in
  Format.fprintf formatter "@[<hov 2>{%a}@]" all entries

type field = string * (Format.formatter -> unit)

let field name print value = (name, fun formatter -> print formatter value)

let redacted name =
  (name, fun formatter -> Format.pp_print_string formatter "<redacted>")

let print_field formatter (name, print) =
  Format.fprintf formatter "@[<hov 2>%s =@ %t@]" name print

let record formatter name = function
  | [] -> Format.fprintf formatter "%s {}" name
  | fields ->
      let all = Format.pp_print_list ~pp_sep:semicolon print_field in
      Format.fprintf formatter "@[<hv 2>%s {@ %a@;<1 -2>}@]" name all fields

let variant formatter name print value =
  Format.fprintf formatter "@[<hov 2>%s@ (%a)@]" name print value

let sensitive formatter name = Format.fprintf formatter "%s <redacted>" name

(* A margin no line reaches. *)
let one_line = 1_000_000_000

let to_string print value =
  let buffer = Buffer.create 256 in
  let formatter = Format.formatter_of_buffer buffer in
  Format.pp_set_geometry formatter ~max_indent:(one_line - 1) ~margin:one_line;
  Format.fprintf formatter "%a@?" print value;
  Buffer.contents buffer
