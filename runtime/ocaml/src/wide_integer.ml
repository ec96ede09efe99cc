module type S = sig
  type t

  val zero : t
  val minimum : t
  val maximum : t
  val of_int : int -> t option
  val to_int : t -> int option
  val of_string : string -> t option
  val of_string_exn : string -> t
  val to_string : t -> string
  val get : Bytes.t -> int -> t
  val set : Bytes.t -> int -> t -> unit
  val equal : t -> t -> bool
  val compare : t -> t -> int
  val hash : t -> int
  val pp : Format.formatter -> t -> unit
end

(* A magnitude: the bytes of an unsigned number, most significant first. *)

(* [magnitude * 10 + digit], or None if that needs more bytes. *)
let append_digit magnitude digit =
  let carry = ref digit in
  for index = Bytes.length magnitude - 1 downto 0 do
    let product = (Bytes.get_uint8 magnitude index * 10) + !carry in
    Bytes.set_uint8 magnitude index (product land 0xff);
    carry := product lsr 8
  done;
  !carry = 0

let magnitude_of_digits size digits =
  let magnitude = Bytes.make size '\000' in
  let is_digit character = character >= '0' && character <= '9' in
  let append character =
    is_digit character
    && append_digit magnitude (Char.code character - Char.code '0')
  in
  let fits = ref (digits <> "") in
  String.iter (fun character -> fits := !fits && append character) digits;
  if !fits then Some magnitude else None

(* Divides in place by 10^9 and gives the remainder. *)
let divide_by_billion magnitude =
  let remainder = ref 0 in
  for index = 0 to Bytes.length magnitude - 1 do
    let dividend = (!remainder lsl 8) lor Bytes.get_uint8 magnitude index in
    Bytes.set_uint8 magnitude index (dividend / 1_000_000_000);
    remainder := dividend mod 1_000_000_000
  done;
  !remainder

let digits_of_magnitude magnitude =
  let rest = Bytes.copy magnitude in
  let rec groups below =
    let group = divide_by_billion rest in
    if Bytes.for_all (fun byte -> byte = '\000') rest then
      string_of_int group :: below
    else groups (Printf.sprintf "%09d" group :: below)
  in
  String.concat "" (groups [])

let negate magnitude =
  let carry = ref 1 in
  let result = Bytes.create (Bytes.length magnitude) in
  for index = Bytes.length magnitude - 1 downto 0 do
    let sum = (Bytes.get_uint8 magnitude index lxor 0xff) + !carry in
    Bytes.set_uint8 result index (sum land 0xff);
    carry := sum lsr 8
  done;
  result

module Make (Layout : sig
  val size : int
  val signed : bool
end) =
struct
  (* The bytes, most significant first; the sign bit, if any, inverted. So
     byte order is numeric order, for [String.compare] and for the polymorphic
     functions alike. *)
  type t = string

  let size = Layout.size

  let flip_sign bytes =
    if Layout.signed then
      Bytes.set_uint8 bytes 0 (Bytes.get_uint8 bytes 0 lxor 0x80)

  (* Takes over the two's complement bytes given. *)
  let of_complement bytes =
    flip_sign bytes;
    Bytes.unsafe_to_string bytes

  let to_complement value =
    let bytes = Bytes.of_string value in
    flip_sign bytes;
    bytes

  let zero = of_complement (Bytes.make size '\000')
  let minimum = String.make size '\000'
  let maximum = String.make size '\255'
  let is_negative value = Layout.signed && value < zero
  let invalid value = invalid_arg ("Mycelium.Wide_integer.of_string: " ^ value)

  let of_signed_digits digits =
    let count = String.length digits in
    let negative = count > 0 && digits.[0] = '-' in
    let start = if negative then 1 else 0 in
    match magnitude_of_digits size (String.sub digits start (count - start)) with
    | None -> None
    | Some magnitude ->
        let value =
          of_complement (if negative then negate magnitude else magnitude)
        in
        (* The sign is lost exactly when the magnitude was too large. *)
        if is_negative value = (negative && value <> zero) then Some value
        else None

  let of_string text =
    if Layout.signed then of_signed_digits text
    else Option.map of_complement (magnitude_of_digits size text)

  let of_string_exn text =
    match of_string text with Some value -> value | None -> invalid text

  let to_string value =
    let complement = to_complement value in
    if is_negative value then "-" ^ digits_of_magnitude (negate complement)
    else digits_of_magnitude complement

  let of_int number = of_string (string_of_int number)
  let to_int value = int_of_string_opt (to_string value)

  let get bytes position =
    let reversed = Bytes.create size in
    for index = 0 to size - 1 do
      Bytes.set reversed (size - 1 - index) (Bytes.get bytes (position + index))
    done;
    of_complement reversed

  let set bytes position value =
    let complement = to_complement value in
    for index = 0 to size - 1 do
      Bytes.set bytes (position + index) (Bytes.get complement (size - 1 - index))
    done

  let equal = String.equal
  let compare = String.compare
  let hash (value : t) = Hashtbl.hash value
  let pp formatter value = Format.pp_print_string formatter (to_string value)
end
