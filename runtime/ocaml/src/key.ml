type 'a t = {
  compare : 'a -> 'a -> int;
  read : Reader.t -> 'a;
  write : Writer.t -> 'a -> unit;
  size : 'a -> int;
  show : 'a -> string;
}

let compare key = key.compare
let read key = key.read
let write key = key.write
let size key = key.size
let step key value = "[" ^ key.show value ^ "]"

let of_fixed ~compare ~show codec =
  {
    compare;
    read = (fun reader -> Decode.fixed_part codec reader);
    write = (fun writer value -> Writer.fixed writer codec value);
    size = (fun _ -> Fixed.size codec);
    show;
  }

let within key codec =
  of_fixed ~compare:key.compare ~show:key.show codec

(* A JSON string: these escapes and no others. *)
let quoted text =
  let buffer = Buffer.create (String.length text + 2) in
  let add = function
    | ('"' | '\\') as character ->
        Buffer.add_char buffer '\\';
        Buffer.add_char buffer character
    | '\000' .. '\031' as character ->
        Printf.bprintf buffer "\\u%04x" (Char.code character)
    | character -> Buffer.add_char buffer character
  in
  Buffer.add_char buffer '"';
  String.iter add text;
  Buffer.add_char buffer '"';
  Buffer.contents buffer

let integer codec =
  of_fixed ~compare:Int.compare ~show:string_of_int codec

let u8 = integer Fixed.u8
let u16 = integer Fixed.u16
let u32 = integer Fixed.u32
let i8 = integer Fixed.i8
let i16 = integer Fixed.i16
let i32 = integer Fixed.i32

let u64 =
  of_fixed ~compare:Unsigned.compare ~show:Unsigned.to_string Fixed.u64

let i64 = of_fixed ~compare:Int64.compare ~show:Int64.to_string Fixed.i64
let u128 = of_fixed ~compare:U128.compare ~show:U128.to_string Fixed.u128
let u256 = of_fixed ~compare:U256.compare ~show:U256.to_string Fixed.u256
let i128 = of_fixed ~compare:I128.compare ~show:I128.to_string Fixed.i128

let ascii size =
  of_fixed ~compare:String.compare ~show:quoted (Fixed.ascii size)

let fixed_bytes size =
  let show bytes = quoted (Hexadecimal.encode bytes) in
  of_fixed ~compare:String.compare ~show (Fixed.bytes size)

let text ~read ~write =
  { compare = Text.compare; read; write; size = String.length; show = quoted }

let string = text ~read:Decode.string ~write:Encode.string

let string_within least greatest =
  text
    ~read:(fun reader -> Decode.string_within least greatest reader)
    ~write:(fun writer value ->
      Encode.string_within least greatest writer value)
