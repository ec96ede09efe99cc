type t = {
  mutable bytes : Bytes.t;
  mutable room : int;  (** Its length without {!spare}. *)
  mutable length : int;
  mutable depth : int;
  mutable budget : int;
  mutable tag : int;
      (** The element being written: 0 the block, -1 none yet. *)
  mutable block_start : int;  (** Where the last block starts. *)
  mutable locates : bool;  (** Whether offences are given their path. *)
}

(* Room beyond what is written, for copying whole words. *)
let spare = 8

let make capacity =
  let room = max capacity 8 in
  {
    bytes = Bytes.create (room + spare);
    room;
    length = 0;
    depth = 0;
    budget = Limit.budget;
    tag = -1;
    block_start = 0;
    locates = false;
  }

let[@inline] length writer = writer.length
let[@inline] bytes writer = writer.bytes
let[@inline] locates writer = writer.locates
let contents writer = Bytes.sub writer.bytes 0 writer.length

let truncate writer length =
  if length < 0 || length > writer.length then
    invalid_arg "Mycelium.Writer.truncate";
  writer.length <- length

(* --- Values --- *)

let[@inline never] grow writer length =
  let room = max length (2 * writer.room) in
  let bytes = Bytes.create (room + spare) in
  Bytes.blit writer.bytes 0 bytes 0 writer.length;
  writer.bytes <- bytes;
  writer.room <- room

let[@inline] reserve writer size =
  let start = writer.length in
  let length = start + size in
  if length > writer.room then grow writer length;
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
  if length < 254 then Word.set_8 bytes start length
  else if length < 0x10000 then (
    Word.set_8 bytes start 254;
    Word.set_16 bytes (start + 1) length)
  else (
    Word.set_8 bytes start 255;
    Set.u32 bytes (start + 1) length)

let length_prefix writer length =
  let start = reserve writer (width_of_length length) in
  set_length writer.bytes start length

let[@inline] reserve_sized writer size =
  if size < 254 then (
    let prefix = reserve writer (size + 1) in
    Word.set_8 writer.bytes prefix size;
    prefix + 1)
  else (
    length_prefix writer size;
    reserve writer size)

let[@inline] begin_value writer = reserve writer 1

(* Values that turn out longer than a short length can say make way. Nesting is
   limited, so a byte moves at most as many times. *)
let end_long_value writer prefix size =
  let width = width_of_length size in
  ignore (reserve writer (width - 1));
  Bytes.blit writer.bytes (prefix + 1) writer.bytes (prefix + width) size;
  set_length writer.bytes prefix size

let[@inline] end_value writer prefix =
  let size = writer.length - prefix - 1 in
  if size < 254 then Word.set_8 writer.bytes prefix size
  else end_long_value writer prefix size

(* --- Nesting --- *)

let[@inline] enter writer =
  if writer.depth >= Limit.depth then
    Offence.found Depth_exceeded writer.length;
  writer.depth <- writer.depth + 1

let[@inline] leave writer = writer.depth <- writer.depth - 1

let[@inline] spend writer count =
  let left = writer.budget - count in
  if left < 0 then Offence.found Budget_exceeded writer.length;
  writer.budget <- left

let start_body writer locates =
  writer.depth <- 0;
  writer.budget <- Limit.budget;
  writer.tag <- -1;
  writer.locates <- locates

(* Where an offence lies is of interest once there is one: then the body is
   written again, up to that place. *)
let outermost writer write body =
  let length = writer.length in
  try
    start_body writer false;
    try write writer body
    with Offence.Found _ ->
      writer.length <- length;
      start_body writer true;
      write writer body
  with failure ->
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

let elements_with_path writer layout outer value write =
  try write writer value
  with Offence.Found offence -> message_offence writer layout outer offence

let body writer layout value write =
  enter writer;
  let outer = writer.tag in
  writer.tag <- -1;
  if writer.locates then elements_with_path writer layout outer value write
  else write writer value;
  writer.tag <- outer;
  leave writer

let message writer layout value write =
  if writer.depth = 0 then body writer layout value write
  else
    let prefix = begin_value writer in
    body writer layout value write;
    end_value writer prefix

let variant_with_path writer layout outer value write =
  try write writer value
  with Offence.Found offence ->
    let tag = writer.tag in
    writer.tag <- outer;
    if Layout.knows layout tag then
      Offence.pass offence ("(" ^ Layout.field_name layout tag ^ ")")
    else raise_notrace (Offence.Found offence)

let union writer layout value write =
  let prefix = begin_value writer in
  enter writer;
  let outer = writer.tag in
  writer.tag <- -1;
  if writer.locates then variant_with_path writer layout outer value write
  else write writer value;
  writer.tag <- outer;
  leave writer;
  end_value writer prefix

(* --- Elements --- *)

let long_header writer tag kind =
  let start = reserve writer 3 in
  Word.set_8 writer.bytes start ((31 lsl 3) lor kind);
  Word.set_16 writer.bytes (start + 1) tag

let[@inline] header writer tag kind =
  writer.tag <- tag;
  if tag < 31 then
    let start = reserve writer 1 in
    Word.set_8 writer.bytes start ((tag lsl 3) lor kind)
  else long_header writer tag kind

let long_block writer size =
  header writer 0 6;
  length_prefix writer size;
  reserve writer size

let block writer layout =
  let size = Layout.block_size layout in
  let start =
    if size < 254 then (
      let start = reserve writer (size + 2) in
      Word.set_16 writer.bytes start ((size lsl 8) lor 6);
      start + 2)
    else long_block writer size
  in
  writer.tag <- 0;
  writer.block_start <- start;
  start
