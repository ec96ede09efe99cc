type t = { tag : int; kind : int; bytes : string }

let read reader tag =
  let kind, bytes = Reader.unknown_value reader in
  { tag; kind; bytes }

let write writer layout { tag; kind; bytes } =
  let check holds code =
    if not holds then Offence.found code (Writer.length writer)
  in
  let size = String.length bytes in
  check (tag >= 1 && tag <= 0xffff && kind >= 0 && kind <= 6) Encode_range;
  check (not (Layout.knows layout tag)) Encode_type;
  check (kind = 6 || size = 1 lsl kind) Bad_length;
  Writer.header writer tag kind;
  if kind = 6 then Writer.length_prefix writer size;
  Writer.string writer bytes

let pp formatter { tag; kind; bytes } =
  Format.fprintf formatter "{ tag = %d; kind = %d; bytes = %s }" tag kind
    (Hexadecimal.encode bytes)
