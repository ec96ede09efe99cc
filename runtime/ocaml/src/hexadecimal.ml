let digits = "0123456789abcdef"

let encode bytes =
  let digit index =
    let byte = Char.code bytes.[index / 2] in
    digits.[if index land 1 = 0 then byte lsr 4 else byte land 15]
  in
  String.init (2 * String.length bytes) digit

(* The value of a digit; -1 for any other character. *)
let value = function
  | '0' .. '9' as digit -> Char.code digit - Char.code '0'
  | 'a' .. 'f' as digit -> Char.code digit - Char.code 'a' + 10
  | 'A' .. 'F' as digit -> Char.code digit - Char.code 'A' + 10
  | _ -> -1

let decode text =
  let count = String.length text / 2 in
  let bytes = Bytes.create count in
  let rec fill index =
    if index = count then Some (Bytes.unsafe_to_string bytes)
    else
      let high = value text.[2 * index] and low = value text.[(2 * index) + 1] in
      if high < 0 || low < 0 then None
      else (
        Bytes.set_uint8 bytes index ((high lsl 4) lor low);
        fill (index + 1))
  in
  if String.length text land 1 = 1 then None else fill 0
