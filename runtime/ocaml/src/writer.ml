type t = {
  mutable bytes : Bytes.t;
  mutable length : int;
  mutable depth : int;
  mutable budget : int;
  mutable tag : int;
      (** The element being written: 0 the block, -1 none yet. *)
  mutable block_start : int;  (** Where the last block starts. *)
}

let make capacity =
  {
    bytes = Bytes.create (max capacity 16);
    length = 0;
    depth = 0;
    budget = Limit.budget;
    tag = -1;
    block_start = 0;
  }

let[@inline] length writer = writer.length
let[@inline] bytes writer = writer.bytes
let contents writer = Bytes.sub writer.bytes 0 writer.length

let truncate writer length =
  if length < 0 || length > writer.length then
    invalid_arg "Mycelium.Writer.truncate";
  writer.length <- length

(* --- Values --- *)

let[@inline never] grow writer length =
  let capacity = max length (2 * Bytes.length writer.bytes) in
  let bytes = Bytes.create capacity in
  Bytes.blit writer.bytes 0 bytes 0 writer.length;
  writer.bytes <- bytes

let[@inline] reserve writer size =
  let start = writer.length in
  let length = start + size in
  if length > Bytes.length writer.bytes then grow writer length;
  writer.length <- length;
  start

(* The place is as large as the text, so the copy need not check it again. *)
let string writer text =
  let size = String.length text in
  let start = reserve writer size in
  Bytes.unsafe_blit_string text 0 writer.bytes start size

let fixed writer codec value =
  let start = reserve writer (Fixed.size codec) in
  Fixed.set codec writer.bytes start value

(* Bytes a length takes in its shortest form. *)
let[@inline] width_of_length length =
  if length < 254 then 1 else if length < 0x10000 then 3 else 5

let set_length bytes start length =
  match width_of_length length with
  | 1 -> Bytes.set_uint8 bytes start length
  | 3 ->
      Bytes.set_uint8 bytes start 254;
      Set.u16 bytes (start + 1) length
  | _ ->
      Bytes.set_uint8 bytes start 255;
      Set.u32 bytes (start + 1) length

let[@inline] length_prefix writer length =
  let start = reserve writer (width_of_length length) in
  set_length writer.bytes start length

(* The length is known only afterwards: room for its shortest form is left, and
   values that turn out longer make way. Nesting is limited, so a byte moves at
   most as many times. *)
let sized writer write value =
  let prefix = reserve writer 1 in
  write writer value;
  let size = writer.length - prefix - 1 in
  let width = width_of_length size in
  if width > 1 then (
    ignore (reserve writer (width - 1));
    Bytes.blit writer.bytes (prefix + 1) writer.bytes (prefix + width) size);
  set_length writer.bytes prefix size

(* --- Nesting --- *)

let enter writer =
  if writer.depth >= Limit.depth then
    Offence.found Depth_exceeded writer.length;
  writer.depth <- writer.depth + 1

let leave writer = writer.depth <- writer.depth - 1

let spend writer =
  if writer.budget = 0 then Offence.found Budget_exceeded writer.length;
  writer.budget <- writer.budget - 1

let restore writer depth budget tag =
  writer.depth <- depth;
  writer.budget <- budget;
  writer.tag <- tag

let outermost writer write body =
  let { length; depth; budget; tag; _ } = writer in
  writer.depth <- 0;
  writer.budget <- Limit.budget;
  match write writer body with
  | () -> restore writer depth budget tag
  | exception failure ->
      restore writer depth budget tag;
      writer.length <- length;
      raise_notrace failure

let message_offence writer layout outer (offence : Offence.t) =
  let tag = writer.tag in
  writer.tag <- outer;
  if tag < 0 then raise_notrace (Offence.Found offence)
  else
    let name =
      if tag > 0 then Layout.field_name layout tag
      else Layout.block_field_at layout (offence.position - writer.block_start)
    in
    Offence.pass offence ("." ^ name)

let message writer layout value write =
  enter writer;
  let outer = writer.tag in
  writer.tag <- -1;
  match write writer value with
  | () ->
      writer.tag <- outer;
      leave writer
  | exception Offence.Found offence ->
      message_offence writer layout outer offence

let union writer layout value write =
  enter writer;
  let outer = writer.tag in
  writer.tag <- -1;
  match write writer value with
  | () ->
      writer.tag <- outer;
      leave writer
  | exception Offence.Found offence ->
      let tag = writer.tag in
      writer.tag <- outer;
      if Layout.knows layout tag then
        Offence.pass offence ("(" ^ Layout.field_name layout tag ^ ")")
      else raise_notrace (Offence.Found offence)

(* --- Elements --- *)

let header writer tag kind =
  writer.tag <- tag;
  if tag < 31 then
    let start = reserve writer 1 in
    Bytes.set_uint8 writer.bytes start ((tag lsl 3) lor kind)
  else
    let start = reserve writer 3 in
    Bytes.set_uint8 writer.bytes start ((31 lsl 3) lor kind);
    Set.u16 writer.bytes (start + 1) tag

let long_block writer size =
  header writer 0 6;
  length_prefix writer size;
  reserve writer size

let block writer layout =
  let size = Layout.block_size layout in
  let start =
    if size < 254 then (
      let start = reserve writer (size + 2) in
      Bytes.set_uint16_le writer.bytes start ((size lsl 8) lor 6);
      start + 2)
    else long_block writer size
  in
  writer.tag <- 0;
  writer.block_start <- start;
  start
